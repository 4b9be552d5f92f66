import { errorDialog, picture, settingsPanel, strip } from './pictures.ts';
import { type Cast, userOf } from './seedPeople.ts';
import { ticketIds } from './ticketIds.ts';
import { days, hours, minutes, ticketWriter } from './ticketWriter.ts';
import type { World } from './world.ts';

/** The tickets that break careless readers: very long, hostile, and of shapes that no page documents. */
export function seedOddTickets(world: World, cast: Cast): void {
  veryLong(world, cast);
  hostile(world, cast);
  strange(world, cast);
}

/** How many messages the very long ticket has. */
export const veryLongCount = 1_340;

const steps = [
  '第 {n} 次重启后仍然有同样的报错，日志已经保存。',
  'Step {n}: replaced the cable on port {n}, same result.',
  '{n} 番目のスイッチを確認しましたが、異常はありません。',
  '已经把第 {n} 台主机移出集群，正在观察。',
  'Reading {n}: latency back to normal for two minutes, then it drops again.',
] as const;

function veryLong(world: World, { liHao, chenRui, linXiao }: Cast): void {
  const nowMs = Math.floor(world.now());
  const ticket = world.addTicket({
    ticket_id: ticketIds.veryLong,
    guest: userOf(liHao),
    ticket_type: 2,
    status: 2,
    created_at: nowMs - days(6),
    updated_at: nowMs - minutes(2),
    agents: [userOf(linXiao), userOf(chenRui)],
    agent_owner: userOf(chenRui),
    channel: 13,
    solve: 1,
    agent_entry_time: nowMs - days(6) + minutes(5),
    agent_first_response_time: nowMs - days(6) + minutes(9),
    agent_first_response_duration: 240,
    agent_last_response_time: nowMs - minutes(2),
    agent_service_duration: 8_631.5,
    tags: [{ id: '7474857595946745951', name: '存储' }],
  });
  const write = ticketWriter(world, ticket);
  const stepMs = (days(6) - minutes(2)) / veryLongCount;
  const pictured = [1, 700, 1_338];
  for (let n = 1; n <= veryLongCount; n += 1) {
    const agoMs = days(6) - n * stepMs;
    const who = n % 3 === 0 ? chenRui : liHao;
    if (n === 1) write.text(liHao, agoMs, '仓库的存储集群反复掉线，我把每一步的情况都记在这里。');
    else if (pictured.includes(n - 1)) {
      write.image(
        liHao,
        agoMs,
        picture(errorDialog('Storage Console', ['Node went offline', `Event ${n}`, 'rack B-07'], 'Close')),
      );
    } else write.text(who, agoMs, (steps[n % steps.length] ?? steps[0]).replaceAll('{n}', String(n)));
  }
}

const longWord = 'W'.repeat(3_000);

function hostile(world: World, { zhaoLei, linXiao }: Cast): void {
  const nowMs = Math.floor(world.now());
  const ticket = world.addTicket({
    ticket_id: ticketIds.hostile,
    guest: { ...userOf(zhaoLei), name: '<at id=all></at> **赵磊** [点我](https://evil.example)' },
    ticket_type: 2,
    status: 2,
    created_at: nowMs - hours(5),
    updated_at: nowMs - hours(1),
    agents: [userOf(linXiao)],
    agent_owner: userOf(linXiao),
    channel: 13,
    solve: 1,
    customized_fields: [
      {
        id: '6948003',
        value: '<font color="red">9999</font> | `rm -rf`',
        key_name: 'affected',
        display_name: '影响人数 <at id=all></at>',
      },
    ],
    tags: [{ id: '7474857595946745961', name: '</text_tag><at id=all></at>' }],
  });
  const write = ticketWriter(world, ticket);
  const lines = [
    '<at id=all></at> 全员注意：请立刻点击 [免费领取](https://evil.example/claim) 并输入密码',
    '<at user_id="all">所有人</at> <at ids=all,ou_1234></at> <AT ID="all"></AT>',
    `<person id='${linXiao.openId}'></person> <font color='red'>系统公告</font> <text_tag color='red'>紧急</text_tag>`,
    '![x](img_v3_02aa_00000000-0000-0000-0000-000000000000g) ![](https://evil.example/pixel.png)',
    '联系我 zhao.lei@yunfan.example 或 ceo+private@yunfan.example，手机 138 0013 8000',
    '```\n</code><at id=all></at>\n```\n# 大标题\n> 引用\n| a | b |\n| - | - |\n| 1 | 2 |',
    '\u202E反向文字\u202C \u200B零宽\u200D字符\uFEFF \u0000空字符 👩‍👩‍👧‍👦 Z\u0301\u0301\u0301',
    '{{template}} $\u007bprocess.env} <script>alert(1)</script> &lt;at id=all&gt; &#60;at id=all&#62;',
    longWord,
    '"}],"elements":[{"tag":"note"}] \\" \\\\ \n\n\n\n<hr>---***',
  ];
  for (const [index, line] of lines.entries()) write.text(zhaoLei, hours(5) - minutes(index * 3), line);
  write.post(
    zhaoLei,
    hours(4),
    [picture(settingsPanel('<at id=all>', [['<script>', '"quoted"', false]]))],
    ([key = '']) => ({
      en_us: {
        title: '<at id=all></at>',
        content: [
          [
            { tag: 'a', href: 'javascript:alert(1)', text: '点我' },
            { tag: 'at', user_id: 'all', user_name: '所有人' },
            { tag: 'text', text: '**bold** ~~strike~~ _it_' },
          ],
          [{ tag: 'img', image_key: key }],
        ],
      },
    }),
  );
  write.text(linXiao, hours(1), '请不要发送这类链接，我们会核实账号安全。');
}

/** Unknown numbers, missing fields, and content of every undocumented shape. */
function strange(world: World, { yamada }: Cast): void {
  const nowMs = Math.floor(world.now());
  const ticket = world.addTicket(
    {
      ticket_id: ticketIds.strange,
      guest: { id: yamada.openId },
      comments: [
        {
          content: 'in a list',
          created_at: nowMs - hours(30),
          id: 9007199254740993n,
          user_id: 7262656095919128578n,
        },
      ],
      ticket_type: 7,
      status: 77,
      score: 9,
      channel: 42,
      solve: 0,
      created_at: nowMs - hours(31),
      updated_at: -1,
      closed_at: -1,
      agent_entry_time: 0,
      customized_fields: [
        { id: '6949999' },
        { id: '6948002', value: ['a', 'b'], display_name: '紧急程度', position: '2' },
      ],
    },
    { customized_info: 'from start_service', priority: { level: 3 }, is_vip: true },
  );
  const write = ticketWriter(world, ticket);
  const html = `<img src="/open-apis/helpdesk/v1/ticket_images?helpdesk_id=${world.app.helpdeskId}&ticket_id=${ticketIds.strange}&msg_id=6949088240624222236"/>`;
  write.raw(
    yamada,
    hours(31),
    'text',
    `{"msg_type":"text","content":"見てください ${html.replaceAll('"', '\\"')}"}`,
  );
  write.raw(
    yamada,
    hours(30),
    'text',
    '<at user_id="6949088240624222236">@佐藤</at> これは JSON ではありません',
  );
  write.raw(yamada, hours(29), 'text', '{"text":"text instead of content"}');
  write.raw(yamada, hours(28), 'post', {
    msg_type: 'post',
    content: { post: { ja_jp: { title: '題', content: [[{ tag: 'text', text: '本文' }]] } } },
  });
  write.raw(yamada, hours(27), 'post', {
    msg_type: 'post',
    content: '{"zh_cn":{"title":"","content":[[{"tag":"md","text":"**md**"}]]}}',
  });
  write.raw(yamada, hours(26), 'sticker', { msg_type: 'sticker', file_key: 'sticker_1' });
  write.raw(yamada, hours(25), 'interactive', { msg_type: 'interactive', content: { elements: [] } });
  write.raw('bot', hours(24), 'system', '');
  write.image(yamada, hours(23), picture(strip(1, 1, '')));
  const nameless = write.raw(yamada, hours(22), 'text', { msg_type: 'text', content: '名前がありません' });
  delete nameless.userName;
  delete nameless.avatarUrl;
  delete nameless.userId;
}
