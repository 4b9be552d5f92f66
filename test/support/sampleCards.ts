/** Cards for the tests of what draws cards. They use every component that a ticket bot sends. */

export const pictureKeys = ['img_v3_one', 'img_v3_two', 'img_v3_three', 'img_v3_four'] as const;

const plain = (zh_cn: string, en_us: string, ja_jp: string) => ({
  tag: 'plain_text',
  content: zh_cn,
  i18n_content: { zh_cn, en_us, ja_jp },
});

const markdown = (zh_cn: string, en_us: string, ja_jp: string) => ({
  tag: 'markdown',
  content: zh_cn,
  i18n_content: { zh_cn, en_us, ja_jp },
});

const column = (...elements: readonly object[]) => ({
  tag: 'column',
  width: 'weighted',
  weight: 1,
  vertical_spacing: '4px',
  elements,
});

const header = {
  template: 'orange',
  title: plain('打印机无法连接', 'The printer cannot be reached', 'プリンターに接続できません'),
  subtitle: { tag: 'plain_text', content: '6626871355780366331' },
  text_tag_list: [
    { tag: 'text_tag', text: plain('处理中', 'In progress', '対応中'), color: 'orange' },
    { tag: 'text_tag', text: plain('人工', 'Agent stage', '有人対応'), color: 'blue' },
  ],
};

const facts = {
  tag: 'column_set',
  flex_mode: 'stretch',
  horizontal_spacing: '12px',
  columns: [
    column(
      markdown(
        '**负责人**<br><person id="ou_agent"></person>',
        '**Owner**<br><person id="ou_agent"></person>',
        '**担当者**<br><person id="ou_agent"></person>',
      ),
      markdown('**渠道**<br>机器人', '**Channel**<br>Bot', '**経路**<br>ボット'),
    ),
    column(
      markdown(
        '**用户**<br>王小明（设计部）',
        '**Guest**<br>Wang Xiaoming (Design)',
        '**ゲスト**<br>王小明（デザイン部）',
      ),
      markdown(
        '**创建**<br><local_datetime millisecond="1784538000000" format_type="date_num"></local_datetime>',
        '**Created**<br><local_datetime millisecond="1784538000000" format_type="date_num"></local_datetime>',
        '**作成**<br><local_datetime millisecond="1784538000000" format_type="date_num"></local_datetime>',
      ),
    ),
  ],
};

const refresh = {
  tag: 'button',
  type: 'primary',
  text: plain('刷新', 'Refresh', '更新'),
  behaviors: [{ type: 'callback', value: { action: 'refresh', ticket: '6626871355780366331' } }],
};

const escalate = {
  tag: 'button',
  type: 'danger',
  text: plain('升级', 'Escalate', 'エスカレーション'),
  confirm: {
    title: plain('升级这张工单？', 'Escalate this ticket?', 'このチケットをエスカレーションしますか？'),
    text: plain('会通知值班的人', 'The people on duty will be told', '当番に通知されます'),
  },
  behaviors: [{ type: 'callback', value: { action: 'escalate', ticket: '6626871355780366331' } }],
};

const open = {
  tag: 'button',
  text: plain('打开工单', 'Open in helpdesk', 'ヘルプデスクで開く'),
  behaviors: [{ type: 'open_url', default_url: 'https://helpdesk.example.com/tickets/6626871355780366331' }],
};

const more = {
  tag: 'overflow',
  value: { action: 'more', ticket: '6626871355780366331' },
  options: [
    { text: plain('关注', 'Watch', 'ウォッチ'), value: 'watch' },
    { text: plain('导出', 'Export', 'エクスポート'), value: 'export' },
  ],
};

/** A ticket card with facts, the customer's words, four pictures, a folded conversation and buttons. */
export const ticketCard = {
  schema: '2.0',
  config: { update_multi: true, summary: plain('工单：处理中', 'Ticket: in progress', 'チケット：対応中') },
  header,
  body: {
    elements: [
      markdown(
        '**<font color="red">等待客服 42 分钟</font>**',
        '**<font color="red">Waiting for an agent for 42 min</font>**',
        '**<font color="red">担当者の返信待ち 42 分</font>**',
      ),
      facts,
      { tag: 'hr' },
      {
        tag: 'markdown',
        content: '> 打印机一直显示离线，\n> 我重启过两次了。<br>三楼的同事也一样 &#42;急&#42;',
      },
      {
        tag: 'img_combination',
        combination_mode: 'bisect',
        img_list: pictureKeys.slice(0, 2).map((img_key) => ({ img_key })),
      },
      {
        tag: 'img',
        img_key: pictureKeys[2],
        alt: plain('截图', 'Screenshot', 'スクリーンショット'),
        scale_type: 'fit_horizontal',
      },
      {
        tag: 'collapsible_panel',
        element_id: 'conversation',
        header: { title: plain('对话（3）', 'Conversation (3)', '会話（3）'), background_color: 'grey' },
        elements: [
          markdown(
            '**李工**：换了 IP 再试试',
            '**Li**: try again with the new address',
            '**李**：新しい IP で再試行してください',
          ),
          {
            tag: 'img',
            img_key: pictureKeys[3],
            alt: { tag: 'plain_text', content: '' },
            size: 'medium',
            scale_type: 'crop_center',
          },
        ],
      },
      {
        tag: 'column_set',
        flex_mode: 'flow',
        columns: [refresh, escalate, open, more].map((element) => ({
          tag: 'column',
          width: 'auto',
          elements: [element],
        })),
      },
    ],
  },
};

/** Every component that is not in the ticket card. */
export const showcase = {
  schema: '2.0',
  header: { template: 'violet', title: { tag: 'plain_text', content: 'Showcase' } },
  body: {
    elements: [
      {
        tag: 'markdown',
        content: [
          '# Heading',
          '**bold** *italic* ~~strike~~ `code` [site](https://example.com/a?b=1&amp;c=2) :OK:',
          '',
          '- one',
          '- two',
          '  1. inner',
          '',
          '| Name | Count |',
          '| --- | ---: |',
          '| a | 1 |',
          '',
          '```ts',
          'const a = "<b>";',
          '```',
          '<text_tag color="green">done</text_tag> <at id=ou_agent></at> <at id=all></at>',
        ].join('\n'),
      },
      {
        tag: 'div',
        text: { tag: 'lark_md', content: 'first\n**second**' },
        icon: { tag: 'standard_icon', token: 'chat_outlined', color: 'blue' },
      },
      {
        tag: 'table',
        page_size: 2,
        columns: [
          { name: 'agent', display_name: 'Agent', data_type: 'persons' },
          { name: 'state', display_name: 'State', data_type: 'options' },
          {
            name: 'count',
            display_name: 'Tickets',
            data_type: 'number',
            horizontal_align: 'right',
            format: { precision: 0, separator: true },
          },
        ],
        rows: [
          { agent: ['ou_agent'], state: [{ text: 'on duty', color: 'green' }], count: 1200 },
          { agent: 'ou_nobody', state: 'away', count: 3 },
          { agent: ['ou_me'], state: 'away', count: 7 },
        ],
      },
      {
        tag: 'person_list',
        persons: [{ id: 'ou_agent' }, { id: 'ou_me' }],
        show_avatar: true,
        drop_invalid_user_id: true,
      },
      { tag: 'person', user_id: 'ou_agent', show_name: true, style: 'capsule' },
      { tag: 'chart', chart_spec: { type: 'bar', title: { text: 'Tickets per day' } } },
      { tag: 'hologram', content: 'from the future' },
      { tag: 'img', img_key: 'img_v3_gone', alt: { tag: 'plain_text', content: 'gone' } },
      {
        tag: 'form',
        name: 'form',
        elements: [
          {
            tag: 'input',
            name: 'reason',
            required: true,
            label: { tag: 'plain_text', content: 'Reason' },
            placeholder: { tag: 'plain_text', content: 'Why' },
          },
          {
            tag: 'select_static',
            name: 'level',
            options: [
              { text: { tag: 'plain_text', content: 'High' }, value: 'high' },
              { text: { tag: 'plain_text', content: 'Low' }, value: 'low' },
            ],
          },
          { tag: 'date_picker', name: 'until', initial_date: '2026-08-01' },
          {
            tag: 'button',
            name: 'send',
            type: 'primary_filled',
            form_action_type: 'submit',
            text: { tag: 'plain_text', content: 'Send' },
            behaviors: [{ type: 'callback', value: { action: 'form' } }],
          },
        ],
      },
      {
        tag: 'button',
        disabled: true,
        text: { tag: 'plain_text', content: 'Not now' },
        disabled_tips: { tag: 'plain_text', content: 'Closed tickets stay closed' },
      },
    ],
  },
};

/** Text of strangers that must do nothing. */
export const hostileTexts = [
  '<img src=x onerror="window.broken = 1">',
  '<script>window.broken = 1</script>',
  '[click](javascript:window.broken=1)',
  '[click](JaVaScRiPt:window.broken=1) [data](data:text/html,<script>window.broken=1</script>)',
  '<a href="javascript:window.broken=1">go</a>',
  "<link url='javascript:window.broken=1'>go</link>",
  '![x](https://evil.example/p.png)',
  '![x](img_v3_one" onload="window.broken=1)',
  "<font color='red;background:url(https://evil.example)'>styled</font>",
  '<text_tag color="red onclick=alert(1)">tag</text_tag>',
  '<person id="ou_agent&quot; onmouseover=&quot;window.broken=1"></person>',
  '<svg/onload=window.broken=1><iframe src="https://evil.example"></iframe><style>*{display:none}</style>',
  '<<b>>*_~`[](<at id=',
  `${'*'.repeat(4000)}${'['.repeat(4000)}${'<a '.repeat(1500)}`,
  `${'> '.repeat(300)}deep`,
  `${'**a _b '.repeat(800)}`,
];

/** One card that carries a hostile text in every place where text can stand. */
export function hostileCard(text: string): object {
  return {
    schema: '2.0',
    header: {
      template: text,
      title: { tag: 'lark_md', content: text },
      subtitle: { tag: 'plain_text', content: text },
    },
    body: {
      padding: text,
      elements: [
        { tag: 'markdown', content: text },
        { tag: 'div', text: { tag: 'lark_md', content: text } },
        { tag: 'div', text: { tag: 'plain_text', content: text } },
        {
          tag: 'button',
          text: { tag: 'plain_text', content: text },
          behaviors: [{ type: 'open_url', default_url: text }],
        },
        { tag: 'img', img_key: text, alt: { tag: 'plain_text', content: text } },
        { tag: text },
        {
          tag: 'table',
          columns: [{ name: 'a', display_name: text, data_type: 'markdown' }],
          rows: [{ a: text }],
        },
      ],
    },
  };
}

const chartOf = (chart_spec: object): object => ({ tag: 'chart', aspect_ratio: '16:9', chart_spec });

/** One chart that can be drawn, although its words are markup, and two that cannot. */
export const chartsCard = {
  schema: '2.0',
  body: {
    elements: [
      chartOf({
        type: 'bar',
        title: { visible: true, text: 'Tickets per day' },
        data: {
          values: [
            { x: '<img src=x onerror="broken=1">', y: 3, s: '<b>opened</b>' },
            { x: '{y}', y: 5, s: '<b>opened</b>' },
          ],
        },
        xField: ['x', 's'],
        yField: 'y',
        seriesField: 's',
        legends: { visible: true, orient: 'bottom' },
        label: { visible: true, style: { html: { dom: '<img src=x onerror="broken=2">', style: {} } } },
        animation: false,
      }),
      chartOf({ type: 'hologram', title: { text: 'Of the future' }, data: { values: [{ x: 1 }] } }),
      chartOf({ type: 'bar', title: { text: 'Of nothing' } }),
    ],
  },
};

/** Asks for people, as an escalation does. */
export const peopleForm = {
  schema: '2.0',
  body: {
    elements: [
      {
        tag: 'form',
        name: 'call',
        elements: [
          {
            tag: 'multi_select_person',
            name: 'people',
            placeholder: { tag: 'plain_text', content: 'Whom to call' },
            width: 'fill',
          },
          {
            tag: 'button',
            name: 'send',
            text: { tag: 'plain_text', content: 'Escalate now' },
            form_action_type: 'submit',
            behaviors: [{ type: 'callback', value: { action: 'escalate.start' } }],
          },
        ],
      },
    ],
  },
};
