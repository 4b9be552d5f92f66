import { errorDialog, picture } from './pictures.ts';
import { type Cast, userOf } from './seedPeople.ts';
import { ticketIds } from './ticketIds.ts';
import { type Add, adder, days, hours, minutes } from './ticketWriter.ts';
import type { World } from './world.ts';

/** The tickets that are done: one left the guest angry, one happy. */
export function seedClosedTickets(world: World, cast: Cast): void {
  const nowMs = Math.floor(world.now());
  closedDissatisfied(cast, nowMs, adder(world));
  closedByUser(cast, nowMs, adder(world));
}

function closedDissatisfied(cast: Cast, nowMs: number, add: Add): void {
  const { liHao, maya } = cast;
  const { write } = add(
    {
      ticket_id: ticketIds.closedDissatisfied,
      guest: userOf(liHao),
      ticket_type: 2,
      status: 51,
      score: 1,
      dissatisfaction_reason: {
        zh_cn: '等待时间太长',
        en_us: 'Waited too long',
        ja_jp: '待ち時間が長すぎる',
      },
      updated_at: nowMs - days(1),
      closed_at: nowMs - days(1),
      closed_by: userOf(maya),
      agents: [userOf(maya)],
      agent_owner: userOf(maya),
      channel: 2,
      solve: 2,
      bot_service_duration: 95,
      agent_entry_time: nowMs - days(2) + 95_000,
      agent_first_response_time: nowMs - days(2) + hours(5),
      agent_first_response_duration: 17_905,
      agent_last_response_time: nowMs - days(1) - minutes(6),
      agent_service_duration: 1_432.4,
      agent_resolution_time: 86_305,
      actual_processing_time: 42_100,
      tags: [{ id: '7474857595946745901', name: '账号' }],
    },
    days(2),
  );
  write.text(liHao, days(2), '供应链系统提示“账号已锁定”，能帮忙解锁吗？今天要下采购单。');
  write.image(
    liHao,
    days(2) - minutes(1),
    picture(errorDialog('SCM 登录', ['账号已锁定', '密码错误次数过多', '请联系管理员 (LOCK-17)'], '知道了')),
  );
  write.text(maya, days(2) - hours(5), '抱歉久等，账号已解锁，请用手机验证码登录并重设密码。');
  write.text(liHao, days(1) + minutes(20), '可以了，但是等了五个小时，单子没赶上。');
  write.text(maya, days(1) + minutes(6), '非常抱歉给您带来不便，已把解锁改为自助。');
}

function closedByUser({ wangMin, linXiao }: Cast, nowMs: number, add: Add): void {
  const { write } = add(
    {
      ticket_id: ticketIds.closedByUser,
      guest: userOf(wangMin),
      ticket_type: 2,
      status: 52,
      score: 3,
      updated_at: nowMs - days(3),
      closed_at: nowMs - days(3),
      closed_by: userOf(wangMin),
      agents: [userOf(linXiao)],
      agent_owner: userOf(linXiao),
      channel: 13,
      solve: 2,
      agent_entry_time: nowMs - days(3) - minutes(30),
      agent_first_response_time: nowMs - days(3) - minutes(29),
      agent_first_response_duration: 60,
      agent_last_response_time: nowMs - days(3) - minutes(4),
      agent_service_duration: 26,
      agent_resolution_time: 1_800,
      actual_processing_time: 1_800,
    },
    days(3) + minutes(33),
  );
  write.text(wangMin, days(3) + minutes(33), '新同事下周一入职，需要开通邮箱和财务系统账号。');
  write.text(linXiao, days(3) + minutes(29), '收到，已开通，初始密码发到您的邮箱了。');
  write.text(wangMin, days(3) + minutes(2), '谢谢，很快！');
}
