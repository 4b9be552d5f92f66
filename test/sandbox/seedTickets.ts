import { errorDialog, picture, printerDisplay, settingsPanel, strip } from './pictures.ts';
import { type Cast, userOf } from './seedPeople.ts';
import { ticketIds } from './ticketIds.ts';
import { type Add, adder, hours, minutes } from './ticketWriter.ts';
import type { World } from './world.ts';

/** The open tickets: every state and each of the three languages. */
export function seedTickets(world: World, cast: Cast): void {
  const nowMs = Math.floor(world.now());
  const add = adder(world);
  botStage(cast, add);
  unassigned(cast, add);
  deletedPicture(world, cast, nowMs, add);
  add(
    {
      ticket_id: ticketIds.noMessages,
      guest: userOf(cast.liHao),
      ticket_type: 1,
      status: 1,
      updated_at: -1,
      channel: 9,
      solve: 1,
    },
    minutes(3),
  );
  japanese(cast, nowMs, add);
  english(cast, nowMs, add);
  waitingForUser(cast, nowMs, add);
}

function botStage({ zhaoLei }: Cast, add: Add): void {
  const { write } = add(
    {
      ticket_id: ticketIds.botStage,
      guest: userOf(zhaoLei),
      ticket_type: 1,
      status: 1,
      updated_at: -1,
      channel: 14,
      solve: 1,
    },
    minutes(9),
  );
  write.text(zhaoLei, minutes(9), '会议室投屏密码是多少？');
  write.text('bot', minutes(8.9), '您好，投屏密码显示在会议室屏幕右上角，每 10 分钟更换一次。');
}

function unassigned({ wangMin }: Cast, add: Add): void {
  const { write } = add(
    {
      ticket_id: ticketIds.unassigned,
      guest: userOf(wangMin),
      ticket_type: 2,
      status: 3,
      channel: 13,
      solve: 1,
      agents: [],
    },
    minutes(37),
  );
  write.text(wangMin, minutes(37), '打印机 3F-02 一直报卡纸，盖子打开看了没有纸。');
  write.image(wangMin, minutes(36), picture(printerDisplay('卡纸', '请检查纸盒 2', 'J-0420'), 'jpeg'));
}

function deletedPicture(world: World, { liHao, linXiao }: Cast, nowMs: number, add: Add): void {
  const { write } = add(
    {
      ticket_id: ticketIds.deletedPicture,
      guest: userOf(liHao),
      ticket_type: 2,
      status: 2,
      updated_at: nowMs - hours(2),
      agents: [userOf(linXiao)],
      agent_owner: userOf(linXiao),
      channel: 13,
      solve: 1,
      agent_entry_time: nowMs - hours(7),
      agent_first_response_time: nowMs - hours(7),
      agent_first_response_duration: 40,
      agent_last_response_time: nowMs - hours(2),
    },
    hours(8),
  );
  write.text(liHao, hours(8), '仓库的扫码枪连不上无线，第一张图可能拍糊了，我重发一张。');
  const blurred = write.image(liHao, hours(7.9), picture(strip(640, 360, '（已删除的照片）')));
  world.deletePicture(ticketIds.deletedPicture, blurred.id);
  write.image(
    liHao,
    hours(7.8),
    picture(
      settingsPanel('无线 Wi-Fi', [
        ['SSID', 'YF-Warehouse', true],
        ['信号', '-82 dBm', false],
        ['IP', '169.254.11.7', false],
      ]),
    ),
  );
  write.text(linXiao, hours(2), '信号偏弱，下午安排同事去调整 AP 的位置。');
}

function japanese({ yamada, sato }: Cast, nowMs: number, add: Add): void {
  const { write } = add(
    {
      ticket_id: ticketIds.japanese,
      guest: userOf(yamada),
      ticket_type: 2,
      status: 4,
      updated_at: nowMs - hours(1),
      agents: [userOf(sato)],
      agent_owner: userOf(sato),
      channel: 14,
      solve: 1,
      bot_service_duration: 60,
      agent_entry_time: nowMs - hours(20),
      agent_first_response_time: nowMs - hours(19.5),
      agent_first_response_duration: 1_800,
      agent_last_response_time: nowMs - hours(1),
      customized_fields: [
        { id: '6948003', value: '1', key_name: 'affected', display_name: '影响人数', position: 3 },
      ],
      tags: [{ id: '7474857595946745931', name: '東京オフィス' }],
    },
    hours(21),
  );
  write.text(
    yamada,
    hours(21),
    'お世話になっております。5階の複合機で紙づまりの表示が消えません。見積書を至急印刷したいです。',
  );
  write.post(
    yamada,
    hours(20.5),
    [picture(printerDisplay('カミづまり', 'トレイ 2 を確認', 'J-0420'), 'jpeg')],
    ([display = '']) => ({
      title: '',
      content: [[{ tag: 'text', text: '表示はこの通りです。' }], [{ tag: 'img', image_key: display }]],
    }),
  );
  write.text(
    sato,
    hours(19.5),
    'ご連絡ありがとうございます。部品を手配しました。到着まで4階の複合機をご利用ください。',
  );
  write.text(sato, hours(1), '部品は明日の午前に届く予定です。それまで保留にいたします。');
}

function english({ david, maya }: Cast, nowMs: number, add: Add): void {
  const { write } = add(
    {
      ticket_id: ticketIds.english,
      guest: userOf(david),
      ticket_type: 2,
      status: 2,
      updated_at: nowMs - minutes(25),
      agents: [userOf(maya)],
      agent_owner: userOf(maya),
      channel: 9,
      solve: 1,
      agent_entry_time: nowMs - minutes(70),
      agent_first_response_time: nowMs - minutes(64),
      agent_first_response_duration: 360,
      agent_last_response_time: nowMs - minutes(25),
      tags: [{ id: '7474857595946745941', name: 'CRM' }],
    },
    minutes(75),
  );
  write.text(
    david,
    minutes(75),
    'CRM export fails with "timeout" for anything above 500 rows. I need the Q3 pipeline by noon.',
  );
  write.post(
    david,
    minutes(73),
    [
      picture(
        errorDialog(
          'CRM Export',
          ['The export timed out', 'Request 504 after 60 s', 'Rows requested: 1,842'],
          'OK',
        ),
      ),
      picture(strip(1_200, 48, 'Export queue: 17 waiting')),
      picture(strip(300, 900, 'tall', '#e3f2e1')),
      picture(strip(480, 270, 'screen recording', '#e0e7ff'), 'gif'),
    ],
    (keys) => `Screens attached. ${keys.map((key) => `<img src="${key}"/>`).join(' ')}`,
  );
  write.text(
    maya,
    minutes(64),
    'Thanks David. I can reproduce it; the report server is at its connection limit. Splitting by region works meanwhile.',
  );
  write.raw(david, minutes(50), 'media', {
    msg_type: 'media',
    file_key: 'media_hd_7',
    file_name: 'export.mp4',
    duration: 14_000,
  });
  write.text(maya, minutes(25), 'The limit is raised. Please try the full export once more.');
}

function waitingForUser({ david, maya }: Cast, nowMs: number, add: Add): void {
  const { write } = add(
    {
      ticket_id: ticketIds.waitingForUser,
      guest: userOf(david),
      ticket_type: 2,
      status: 5,
      updated_at: nowMs - hours(6),
      agents: [userOf(maya)],
      agent_owner: userOf(maya),
      channel: 2,
      solve: 1,
      agent_entry_time: nowMs - hours(9),
      agent_first_response_time: nowMs - hours(9),
      agent_first_response_duration: 12,
      agent_last_response_time: nowMs - hours(6),
    },
    hours(10),
  );
  write.text(david, hours(10), 'My laptop fan is very loud since the last update.');
  write.text(maya, hours(6), 'Could you send me the model number from the sticker on the back?');
}
