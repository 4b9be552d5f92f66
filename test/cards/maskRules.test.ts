import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noticeCard } from '../../src/cards/noticeCard.ts';
import { mask, untrusted } from '../../src/cards/untrusted.ts';
import { same } from '../../src/text.ts';
import { snowflake } from '../sandbox/ids.ts';
import { view } from './samples.ts';

const masked = (text: string): string => mask(text, 'masked');
const phone = '•••-••••-••••';
const card = '•••• •••• •••• ••••';
const identity = '•••••••••••••••••';
const secret = '••••••';

describe('phone numbers', () => {
  it.each([
    ['13800138000', phone],
    ['手机138 0013 8000谢谢', `手机${phone}谢谢`],
    ['１３８-0000 0000', phone],
    ['1\u200B380\u20600138000', phone],
    ['138–0013—8000', phone],
    ['138.0013.8000', phone],
    ['0086 13800138000', phone],
    ['(+86)138 0013 8000', `(${phone}`],
    ['+86 138-0013-8000', phone],
    ['+1 (415) 555-2671', phone],
    ['＋４４ 20 7946 0958', phone],
    ['010-88886666', phone],
    ['(0755) 26001234', phone],
    ['090-1234-5678', phone],
    ['13800138000,13900139000 或 13700137000', `${phone},${phone} 或 ${phone}`],
    ['Tel13800138000', `Tel${phone}`],
  ])('%j', (text, shown) => {
    expect(masked(text)).toBe(shown);
  });
});

describe('identity cards', () => {
  it.each([
    ['110101199003077758', identity],
    ['证件 11010119900307002x。', `证件 ${identity}。`],
    ['110101 19900307 7758', identity],
    ['１１０１０１１９９００３０７７７５８', identity],
    ['13800138000 110101199003077758', `${phone} ${identity}`],
  ])('%j', (text, shown) => {
    expect(masked(text)).toBe(shown);
  });

  it.each(['110101199003077759', '110101199013077758', '110101178003077758'])(
    'leaves %j alone: its check digit or its date is wrong',
    (text) => {
      expect(masked(text)).toBe(text);
    },
  );
});

describe('bank cards', () => {
  it.each([
    ['4111 1111 1111 1111', card],
    ['4111-1111-1111-1111', card],
    ['卡号6222021234567890128', `卡号${card}`],
    ['378282246310005', card],
    ['30569309025904', card],
    ['５５００ ００００ ００００ ０００４', card],
    ['https://x.example/?card=4111%201111%201111%201111&y=1', `https://x.example/?card=${card}&y=1`],
    ['4111 1111 1111 1111 2026', `${card} 2026`],
    ['4111 1111 1111 1111 202', `${card} 202`],
  ])('%j', (text, shown) => {
    expect(masked(text)).toBe(shown);
  });

  it.each(['4111111111111112', '6222021234567890127'])(
    'leaves %j alone: its check digit is wrong',
    (text) => {
      expect(masked(text)).toBe(text);
    },
  );
});

describe('secrets', () => {
  it.each([
    ['password: hunter2 thanks', `password: ${secret} thanks`],
    ['Password：ｈｕｎｔｅｒ２ ok', `Password：${secret} ok`],
    ['密码：Abc123!', `密码：${secret}`],
    ['我的密码是Abc123!谢谢', `我的密码是${secret}谢谢`],
    ['パスワード: abc', `パスワード: ${secret}`],
    ['DB_PASSWORD=s3cret', `DB_PASSWORD=${secret}`],
    ['{"password":"two words","user":"bob"}', `{"password":"${secret}","user":"bob"}`],
    ['the pin is 1234', `the pin is ${secret}`],
    ['https://x.example/?token=abc', `https://x.example/?token=${secret}`],
    ['https://bob:pw@host.example/x', `https://${secret}@host.example/x`],
    ['access key: AKIAIOSFODNN7EXAMPLE', `access key: ${secret}`],
    ['AKIAIOSFODNN7EXAMPLE', secret],
    ['LTAI5tQnKxJhGvQ1Y2Z3abcd', secret],
    [`gh${'p_'}${'a1B2'.repeat(9)}`, secret],
    ['sk-proj-abcdefghijklmnopqrst', secret],
    ['t-g1044qeGEDXTB6NDJOGV4JQCYDGHRBARFTGT1234', secret],
    ['Authorization: Bearer abcdef0123456789abcdef', `Authorization: Bearer ${secret}`],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_ end', `${secret} end`],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----\nok', `${secret}\nok`],
    ['-----BEGIN PRIVATE KEY-----\nMIIEow', secret],
  ])('%j', (text, shown) => {
    expect(masked(text)).toBe(shown);
  });

  it.each([
    'the password is wrong',
    'I forgot my password, please help',
    'shipping: fast, compass: north',
    '密码是错的',
    'Basic information about the printer',
    'bearer of bad news',
  ])('leaves %j alone', (text) => {
    expect(masked(text)).toBe(text);
  });
});

describe('the value of a field', () => {
  it.each(['密码', 'VPN Password', 'ＡＰＩ　Ｋｅｙ', 'wifi_passwd', 'パスワード', 'access-key', '验证码'])(
    'named %s is a secret, whatever it looks like',
    (name) => {
      expect(untrusted('masked').value(name, 'anything')).toBe(secret);
      expect(untrusted('open').value(name, 'anything')).toBe('anything');
    },
  );

  it.each(['部门', 'Affected people', 'compass', 'Shipping'])('named %s is none', (name) => {
    expect(untrusted('masked').value(name, 'anything')).toBe('anything');
  });
});

describe('what is none of these', () => {
  it.each([
    '2026-01-05 09:00 to 2026-01-06 18:30',
    '20260105090000 2026010509000012',
    '1735900000000 1735900000000123',
    'UTC+8 2026-01-05 09',
    '192.168.100.200 172.16.254.100',
    '1+2000 3000 4000',
    '¥+50000, 3.14159265358979',
    '20230321091639397B6FE5F4B4E1F2C0E9A1',
    '5e3702a84e138001380002be8db7fb73 a1380013800012b',
    'VPN 809, floor 3, room 1204',
    '138\n0013\n8000',
  ])('leaves %j alone', (text) => {
    expect(masked(text)).toBe(text);
  });

  it('leaves any ticket id alone, also where its last digit would suit a bank card', () => {
    // From before the first helpdesk to beyond 2038.
    const time = fc.integer({ min: Date.UTC(2019, 0, 1), max: Date.UTC(2039, 0, 1) });
    fc.assert(
      fc.property(time, fc.nat(4_194_303), (ms, sequence) => {
        const id = snowflake(ms, sequence);
        expect(masked(`工单 ${id}`)).toBe(`工单 ${id}`);
      }),
      { numRuns: 3_000 },
    );
  });

  it('keeps the id and the log id readable on our own cards', () => {
    const notice = {
      tone: 'problem',
      what: same('Ticket 6626871355780366331 was not found'),
      logId: '20230321091639397B6FE5F4B4E1F2C0E9A1',
    } as const;
    const shown = JSON.stringify(noticeCard(notice, view({ privacy: 'masked' })));
    expect(shown).toContain('6626871355780366331');
    expect(shown).toContain('20230321091639397B6FE5F4B4E1F2C0E9A1');
  });
});

describe('every rule', () => {
  const pieces = fc.constantFrom(
    ...['13800138000', '110101199003077758', '6222021234567890128', 'password: x1', 'a@b.example', ' ', ','],
    ...['１３８', '-', '+', '(', 'eyJ', '密码：', '0', '9'],
  );
  const text = fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join(''));

  it.each(['13800138000+913800138000', '６2220212345678901２8eyJeyJ1380013800013800138000'])(
    'leaves nothing of neighbours that hide each other: %s',
    (input) => {
      expect(masked(input)).not.toMatch(/\d{5}/);
      expect(masked(masked(input))).toBe(masked(input));
    },
  );

  it('leaves nothing for a second look to find', () => {
    fc.assert(
      fc.property(text, (input) => {
        expect(masked(masked(input))).toBe(masked(input));
        expect(mask(input, 'open')).toBe(input);
      }),
    );
  });

  it('hides a number whatever is written between its digits', () => {
    const between = fc.constantFrom('', ' ', '-', '\u200B', '\u00A0', '\u2060 ', '－');
    const wide = (digit: string): string => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0);
    const number = fc.constantFrom('13800138000', '110101199003077758', '6222021234567890128');
    fc.assert(
      fc.property(number, between, fc.boolean(), (digits, gap, isWide) => {
        const written = [...digits].map((digit) => (isWide ? wide(digit) : digit)).join(gap);
        const shown = untrusted('masked').line(`a ${written} b`, 200);
        expect(shown.normalize('NFKC')).not.toMatch(/\d/);
        expect(shown).toMatch(/^a .* b$/);
      }),
    );
  });
});
