import type { Person, TicketUser } from './nouns.ts';
import type { World } from './world.ts';

/** The people of a company of about 400 with offices in Shanghai, Singapore and Tokyo, and their chats. */
export interface Cast {
  readonly wangMin: Person;
  readonly liHao: Person;
  readonly david: Person;
  readonly yamada: Person;
  readonly linXiao: Person;
  readonly maya: Person;
  readonly sato: Person;
  readonly zhouQian: Person;
  readonly chenRui: Person;
  readonly zhaoLei: Person;
  readonly outsider: Person;
}

const outsideTenantKey = '2ed263bf32cf1651';

const portrait = (name: string): string =>
  `https://s1-imfile.feishucdn.com/static-resource/v1/${encodeURIComponent(name)}~72x72.png`;

export function seedPeople(world: World): Cast {
  const add = (input: Parameters<World['addPerson']>[0]): Person => {
    const person = world.addPerson(input);
    person.avatarUrl = portrait(person.name);
    return person;
  };
  const shanghai = { city: '上海', country: 'CN' } as const;
  const tokyo = { city: '東京', country: 'JP', locale: 'ja_jp' } as const;
  const singapore = { city: 'Singapore', country: 'SG', locale: 'en_us' } as const;
  return {
    wangMin: add({ name: '王敏', email: 'wang.min@yunfan.example', department: '财务部', ...shanghai }),
    liHao: add({ name: '李浩', email: 'li.hao@yunfan.example', department: '供应链', ...shanghai }),
    david: add({
      name: 'David Tan',
      email: 'david.tan@yunfan.example',
      department: 'Sales APAC',
      ...singapore,
    }),
    yamada: add({ name: '山田 花子', email: 'yamada@yunfan.example', department: '営業部', ...tokyo }),
    linXiao: add({
      name: '林晓',
      role: 'agent',
      email: 'lin.xiao@yunfan.example',
      department: 'IT 服务台',
      ...shanghai,
    }),
    maya: add({
      name: 'Maya Patel',
      role: 'agent',
      email: 'maya.patel@yunfan.example',
      department: 'IT Service Desk',
      ...singapore,
    }),
    sato: add({
      name: '佐藤 健',
      role: 'agent',
      email: 'sato@yunfan.example',
      department: 'IT サポート',
      ...tokyo,
    }),
    zhouQian: add({
      name: '周倩',
      role: 'manager',
      email: 'zhou.qian@yunfan.example',
      department: 'IT 服务台',
      ...shanghai,
    }),
    chenRui: add({
      name: '陈锐',
      role: 'oncall',
      email: 'chen.rui@yunfan.example',
      department: '机房运维',
      ...shanghai,
    }),
    zhaoLei: add({ name: '赵磊', email: 'zhao.lei@yunfan.example', department: '法务部', ...shanghai }),
    outsider: add({
      name: 'Alex（外部）',
      role: 'outsider',
      tenantKey: outsideTenantKey,
      email: 'alex@partner.example',
    }),
  };
}

/** A person as tickets name him. */
export const userOf = ({
  openId,
  name,
  email,
  department,
  city,
  country,
  avatarUrl,
}: Person): TicketUser => ({
  id: openId,
  ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
  name,
  ...(email === undefined ? {} : { email }),
  ...(department === undefined ? {} : { department }),
  ...(city === undefined ? {} : { city }),
  ...(country === undefined ? {} : { country }),
});

const allDay = { start_time: '00:00', end_time: '24:00', weekday: 9 };
const network = { id: 'skill-network', name: '网络', is_default: false };
const office = { id: 'skill-office', name: '办公设备', is_default: true };
const accounts = { id: 'skill-accounts', name: '账号与权限', is_default: false };

export function seedSchedules(world: World, cast: Cast): void {
  const office9to18 = { start_time: '09:00', end_time: '18:00', weekday: 10 };
  world.schedules.push(
    { status: 1, openId: cast.linXiao.openId, hours: [allDay], skills: [network, office] },
    { status: 1, openId: cast.maya.openId, hours: [allDay], skills: [accounts] },
    { status: 3, openId: cast.sato.openId, hours: [office9to18], skills: [office] },
    { status: 1, openId: cast.chenRui.openId, hours: [allDay], skills: [network] },
    { status: 2, openId: cast.zhouQian.openId, hours: [office9to18], skills: [] },
    { status: 4, openId: cast.zhaoLei.openId, hours: [], skills: [] },
  );
}

/** `IT 服务台` is the support chat; `午餐拼单` is a chat that has nothing to do with support. */
export function seedChats(world: World, cast: Cast): void {
  const all = Object.values(cast);
  const staff = [cast.linXiao, cast.maya, cast.sato, cast.zhouQian, cast.chenRui];
  const idsOf = (people: readonly Person[]): string[] => people.map(({ openId }) => openId);
  world.addChat({ name: 'IT 服务台', members: idsOf([...staff, cast.wangMin]) });
  world.addChat({ name: '机房运维', members: idsOf([cast.chenRui, cast.linXiao, cast.zhouQian]) });
  world.addChat({ name: '午餐拼单', members: idsOf([cast.wangMin, cast.liHao, cast.zhaoLei, cast.linXiao]) });
  world.addChat({ name: 'IT 话题群', type: 'topic', members: idsOf(staff) });
  world.addChat({ name: '项目群（机器人未加入）', members: idsOf([cast.linXiao, cast.maya]), botIn: false });
  for (const person of all) {
    if (person.role === 'outsider') continue;
    world.directChat(person.openId).name = `${person.name} ↔ 工单助手`;
  }
}

/** A few lines of talk, so that the support chat does not begin empty. */
export function seedTalk(world: World, cast: Cast): void {
  const chat = world.chat('IT 服务台');
  const hourMs = 3_600_000;
  const lines: [Person, number, string][] = [
    [cast.zhouQian, 5.2 * hourMs, '早，昨晚的网络割接顺利，今天留意一下 VPN 的反馈。'],
    [cast.maya, 4.6 * hourMs, 'Singapore looks fine so far. Two password resets this morning.'],
    [cast.linXiao, 2.4 * hourMs, '财务那边有人报 VPN 809，我先跟。'],
  ];
  for (const [person, agoMs, text] of lines) {
    world.addMessage({
      chatId: chat.chatId,
      sender: { id: person.openId, type: 'user', tenantKey: person.tenantKey, name: person.name },
      msgType: 'text',
      content: JSON.stringify({ text }),
      createTimeMs: world.now() - agoMs,
    });
  }
}
