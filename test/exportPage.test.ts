import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportPage } from '../src/exportPage.ts';
import { conversation, message, ticket, view } from './cards/samples.ts';
import { hostileText } from './support/hostileText.ts';

const png = Buffer.from('89504e470d0a1a0a', 'hex');
const source = { kind: 'ticket', ticketId: '1', messageIds: ['m1'], index: 0 } as const;
const page = (
  data: Partial<Parameters<typeof exportPage>[0]> = {},
  seen: Parameters<typeof view>[0] = {},
): string =>
  Buffer.from(
    exportPage(
      {
        ticket: ticket(),
        conversation: conversation([
          message({ pictures: [source, source, source] }),
          message({ id: 'm2', text: 'bye' }),
        ]),
        pictures: [{ ok: true, bytes: png, mime: 'image/png' }, { ok: false, reason: 'deleted' }, undefined],
        ...data,
      },
      view({ locale: 'en_us', ...seen }),
    ),
  ).toString('utf8');

describe('an exported ticket', () => {
  it('holds the conversation, the facts and the pictures', () => {
    const html = page();
    expect(html).toContain('Ticket 6626871355780366331');
    expect(html).toContain('VPN 一直连不上');
    expect(html).toContain('Windows 11 (23H2)');
    expect(html).toContain(`<img alt="Picture 1" src="data:image/png;base64,${png.toString('base64')}">`);
    expect(html).toContain('Picture 2: deleted by the customer');
    expect(html).toContain('Picture 3: left out, the file would be too large');
    expect(html).toContain('datetime="2025-03-04T00:20:00.000Z"');
  });

  it('needs nothing from outside and runs nothing', () => {
    const html = page();
    expect(html).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    expect(html).not.toMatch(/<script|<link|<iframe|<form|\son\w+=|@import|url\(|src="http/i);
  });

  it('says where messages were left out, and that they could not be read', () => {
    const long = conversation([message(), message({ id: 'm2' })], {
      totalCount: 1_202,
      omittedCount: 1_200,
      omittedBefore: 1,
    });
    const html = page({ conversation: long, pictures: [] });
    expect(html.indexOf('the middle 1,200 are not shown')).toBeGreaterThan(html.indexOf('<article>'));
    expect(html.indexOf('the middle 1,200 are not shown')).toBeLessThan(html.lastIndexOf('<article>'));
    expect(page({ conversation: undefined, pictures: [] })).toContain('could not be read');
  });

  it('masks what the chat may not see, and speaks the bot’s language', () => {
    const talk = conversation([message({ text: 'write to wang.fang@example.com' })]);
    expect(page({ conversation: talk, pictures: [] })).toContain('wang.fang@example.com');
    expect(page({ conversation: talk, pictures: [] }, { privacy: 'masked' })).not.toContain('wang.fang');
    expect(page({}, { locale: 'ja_jp' })).toContain('<html lang="ja">');
  });

  it('lets nothing that was typed become markup', () => {
    const nasty = fc.oneof(
      hostileText,
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=1>',
        '</style><svg onload=1>',
        '&lt;b&gt;',
      ),
    );
    const tagsOf = (html: string): string[] =>
      [...html.matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag.replace(/="[^"]*"/g, ''));
    fc.assert(
      fc.property(nasty, nasty, (text, name) => {
        const one = message({
          text,
          author: { openId: undefined, name, email: undefined, department: undefined },
        });
        const field = { id: '1', key: name, name, value: text };
        const html = page({
          conversation: conversation([one]),
          pictures: [],
          ticket: ticket({ tags: [text], comment: text, fields: [field] }),
        });
        const known =
          /^<(!doctype html|\/?(html|head|meta|title|style|body|main|h1|h2|p|table|tr|th|td|article|header|time|footer)( [a-z-]+)*)>$/i;
        for (const tag of tagsOf(html.replace(/<style>[\s\S]*?<\/style>/, ''))) expect(tag).toMatch(known);
      }),
      { numRuns: 60 },
    );
  });
});
