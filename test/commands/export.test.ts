import { describe, expect, it } from 'vitest';
import type { PictureFile, Reply } from '../../src/domain.ts';
import { caseOf, from, message, routing, type Setting, spoken } from '../support/asked.ts';

const png: PictureFile = { ok: true, bytes: Buffer.from('png'), mime: 'image/png' };

function desk(pictureCounts: readonly number[], read: () => PictureFile = () => png) {
  let asked = 0;
  const setting: Setting = {
    tickets: { 42: caseOf('42', pictureCounts) },
    more: {
      pictureFiles: {
        read: async () => {
          asked += 1;
          return read();
        },
      },
    },
  };
  return { setting, asked: () => asked };
}

async function ask(
  text: string,
  setting: Setting,
  changes: Parameters<typeof message>[1] = {},
): Promise<Reply> {
  const reply = await routing(setting).router.route(message(text, changes));
  if (reply === undefined) throw new Error('silence');
  return reply;
}

async function finished(reply: Reply) {
  const said = [spoken(reply.card)];
  for await (const draw of reply.updates?.() ?? []) said.push(spoken(draw()));
  const [file, ...more] = (await reply.files?.()) ?? [];
  expect(more).toEqual([]);
  return { said, name: file?.name, html: Buffer.from(file?.bytes ?? []).toString('utf8') };
}

describe('/export', () => {
  it('makes one file with the pictures inside, and says how far it is meanwhile', async () => {
    const { said, name, html } = await finished(await ask('/export 42', desk([1, 2]).setting));
    expect(said[0]).toContain('Exporting: Ticket 42');
    expect(said.at(-1)).toContain('It holds 2 messages · 3 pictures');
    expect(said.at(-1)).toContain('audit log');
    expect(name).toBe('ticket-42.html');
    expect(html.match(/data:image\/png;base64/g)).toHaveLength(3);
  });

  it('without pictures is done at once', async () => {
    const reply = await ask('/导出 42', desk([0]).setting);
    expect(reply.updates).toBeUndefined();
    expect((await finished(reply)).said[0]).toContain('Exported: Ticket 42');
  });

  it('says what could not be put in, in the file and on the card', async () => {
    const { said, html } = await finished(
      await ask('/export 42', desk([2], () => ({ ok: false, reason: 'deleted' })).setting),
    );
    expect(said.at(-1)).toContain('2 pictures could not be put in');
    expect(html).toContain('已被用户删除');
  });

  it('stops at what Feishu takes, and says which pictures are not in it', async () => {
    const large: PictureFile = { ok: true, bytes: Buffer.alloc(8 * 1_024 * 1_024), mime: 'image/png' };
    const { html } = await finished(await ask('/export 42', desk([5], () => large).setting));
    expect(Buffer.byteLength(html)).toBeLessThan(30 * 1_024 * 1_024);
    expect(html.match(/data:image/g)).toHaveLength(2);
    expect(html.match(/文件太大/g)).toHaveLength(3);
  });

  it('reads pictures only once for the card and the file', async () => {
    const { setting, asked } = desk([3]);
    await finished(await ask('/export 42', setting));
    expect(asked()).toBe(3);
  });

  it('is for managers, reads nothing for others, and is written down for both', async () => {
    const noted: unknown[] = [];
    const { setting, asked } = desk([1]);
    const audit = {
      note: async (entry: unknown) => {
        noted.push(entry);
      },
      ofTicket: async () => [],
    };
    const managed = {
      ...setting,
      more: { ...setting.more, audit },
      access: { managers: new Set(['ou_boss']) },
    };
    expect(spoken((await ask('/export 42', managed)).card)).toContain('You may not use /export');
    expect(asked()).toBe(0);
    await ask('/export 42', managed, from('ou_boss'));
    expect(noted).toMatchObject([
      { what: 'export', ticket: '42', who: 'ou_agent', chatId: 'oc_any', allowed: false },
      { what: 'export', ticket: '42', who: 'ou_boss', chatId: 'oc_any', allowed: true },
    ]);
  });

  it('of a ticket that is not there says so', async () => {
    expect(spoken((await ask('/export 7', desk([]).setting)).card)).toContain('No such ticket');
  });
});
