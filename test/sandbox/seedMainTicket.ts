import { errorDialog, networkGraph, picture, settingsPanel, terminal } from './pictures.ts';
import { type Cast, userOf } from './seedPeople.ts';
import { minutes, ticketWriter } from './ticketWriter.ts';
import type { World } from './world.ts';

/** The ticket that the demo asks for. */
export const mainTicketId = '6626871355780366331';

/** Option of the field `紧急程度`, which tickets carry by its tag. */
const urgentTag = '5f0c6a3e-7d42-4b8e-9a11-2c3d4e5f6a7b';

export function seedFields(world: World): void {
  const base = { visible: true, editable: true, required: false, createdAtMs: 1_690_000_000_000 } as const;
  world.fields.push(
    {
      ...base,
      id: '6948001',
      keyName: 'problem_type',
      displayName: '问题类型',
      position: '1',
      fieldType: 'dropdown_nested',
      description: '先选大类，再选小类',
      required: true,
      options: [
        {
          tag: '0d7a2a0e-2a61-4f0d-8b0e-7c1b2f4f9a01',
          display_name: '网络',
          children: [
            { tag: '0d7a2a0e-2a61-4f0d-8b0e-7c1b2f4f9a02', display_name: 'VPN' },
            { tag: '0d7a2a0e-2a61-4f0d-8b0e-7c1b2f4f9a03', display_name: '无线' },
          ],
        },
        { tag: '0d7a2a0e-2a61-4f0d-8b0e-7c1b2f4f9a04', display_name: '打印' },
      ],
    },
    {
      ...base,
      id: '6948002',
      keyName: 'urgency',
      displayName: '紧急程度',
      position: '2',
      fieldType: 'dropdown',
      description: '',
      options: [
        { tag: urgentTag, display_name: '高：影响月结' },
        { tag: '5f0c6a3e-7d42-4b8e-9a11-2c3d4e5f6a7c', display_name: '中' },
        { tag: '5f0c6a3e-7d42-4b8e-9a11-2c3d4e5f6a7d', display_name: '低' },
      ],
    },
    {
      ...base,
      id: '6948003',
      keyName: 'affected',
      displayName: '影响人数',
      position: '3',
      fieldType: 'string',
      description: '',
    },
    {
      ...base,
      id: '6948004',
      keyName: 'asset',
      displayName: '资产编号',
      position: '4',
      fieldType: 'string',
      description: '',
      visible: false,
    },
  );
}

export function seedMainTicket(world: World, cast: Cast): void {
  const nowMs = Math.floor(world.now());
  const ago = (count: number): number => nowMs - minutes(count);
  const ticket = world.addTicket({
    ticket_id: mainTicketId,
    guest: userOf(cast.wangMin),
    comments: {
      content: '客户在出差，酒店网络，电话不方便，请在会话里回复。',
      created_at: ago(118),
      id: 12n,
      user_avatar_url: cast.linXiao.avatarUrl,
      user_name: cast.linXiao.name,
      user_id: 7262656095919128578n,
    },
    ticket_type: 2,
    status: 2,
    created_at: ago(150),
    updated_at: ago(4),
    agents: [userOf(cast.linXiao), userOf(cast.chenRui)],
    collaborators: [userOf(cast.chenRui)],
    agent_owner: userOf(cast.linXiao),
    channel: 13,
    solve: 1,
    customized_fields: [
      {
        id: '6948001',
        value: 'VPN',
        key_name: 'problem_type',
        display_name: '问题类型',
        position: 1,
        required: true,
        editable: true,
      },
      {
        id: '6948002',
        value: urgentTag,
        key_name: 'urgency',
        display_name: '紧急程度',
        position: 2,
        required: false,
        editable: true,
      },
      {
        id: '6948003',
        value: '12',
        key_name: 'affected',
        display_name: '影响人数',
        position: 3,
        required: false,
        editable: true,
      },
    ],
    bot_service_duration: 360,
    agent_entry_time: ago(144),
    agent_first_response_time: ago(136),
    agent_first_response_duration: 480,
    agent_last_response_time: ago(4),
    agent_service_duration: 140.25,
    tags: [
      { id: '7474857595946745884', name: 'VPN' },
      { id: '7474857595946745885', name: '月结' },
    ],
  });
  const write = ticketWriter(world, ticket);
  const { wangMin, linXiao } = cast;
  write.text(
    wangMin,
    minutes(150),
    '从今天早上开始 VPN 一直连不上，提示错误 809，电脑已经重启过两次了。月底要关账，比较急。',
  );
  write.text(
    'bot',
    minutes(149.9),
    '您好，我是服务台机器人。为您找到知识库文章《VPN 连不上怎么办》。没有解决的话，请回复“转人工”。',
  );
  write.image(
    wangMin,
    minutes(147),
    picture(
      errorDialog(
        '企业 VPN 客户端',
        ['无法连接到 VPN 服务器', '错误 809：远程服务器没有响应', '网关 vpn-sh1.yunfan.example:443'],
        '确定',
      ),
    ),
  );
  write.text(wangMin, minutes(145), '转人工');
  write.text(linXiao, minutes(144), '进入人工服务。 @林晓  为你提供服务，开始聊起来吧~');
  write.text(
    linXiao,
    minutes(136),
    '您好，看到截图了。麻烦把 VPN 客户端的设置页，还有网络状况发给我看一下。',
  );
  write.post(
    wangMin,
    minutes(128),
    [
      picture(
        settingsPanel('VPN 设置', [
          ['网关 Gateway', 'vpn-sh1.yunfan.example', false],
          ['协议 Protocol', 'IKEv2', true],
          ['DNS', '10.8.0.2', true],
          ['证书 Certificate', '已过期 Expired', false],
        ]),
      ),
      picture(
        networkGraph(
          'VPN 吞吐量 · vpn-sh1',
          'Mbit/s，最近 60 分钟',
          Array.from({ length: 60 }, (_none, index) => throughput(index)),
        ),
      ),
    ],
    ([settings = '', graph = '']) => ({
      zh_cn: {
        title: '设置和网络情况',
        content: [
          [{ tag: 'text', text: '设置页是这样的，证书那行是红的：' }],
          [{ tag: 'img', image_key: settings }],
          [{ tag: 'text', text: '网络监控是同事帮我截的：' }],
          [{ tag: 'img', image_key: graph }],
        ],
      },
    }),
  );
  write.raw(wangMin, minutes(120), 'file', {
    msg_type: 'file',
    file_key: 'file_hd_0001',
    file_name: 'vpn-client.log',
  });
  write.text(
    linXiao,
    minutes(96),
    '证书昨天过期了，新证书我已经推送到您的电脑。请退出客户端，等一分钟再打开。',
  );
  write.image(
    wangMin,
    minutes(41),
    picture(
      terminal([
        'C:\\> ping vpn-sh2.yunfan.example',
        'Reply from 10.8.0.2: bytes=32 time=34ms TTL=57',
        'Request timed out.',
        'Request timed out.',
        'Packets: Sent = 4, Received = 1, Lost = 3 (75% loss)',
      ]),
      'jpeg',
    ),
  );
  write.text(wangMin, minutes(40), '能连上了，但是很不稳定，网银页面打开一半就断。');
  write.text(
    linXiao,
    minutes(4),
    '抱歉让您久等。已请机房的陈锐把您这边切到 vpn-sh2 网关，请再重连一次，我等您的消息。',
  );
}

const throughput = (minute: number): number =>
  minute < 34 ? 82 + Math.sin(minute) * 9 : 6 + Math.abs(Math.sin(minute)) * 5;
