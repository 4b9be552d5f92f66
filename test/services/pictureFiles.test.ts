import { describe, expect, it } from 'vitest';
import type { Picture, PictureSource } from '../../src/domain.ts';
import { createPictureFiles } from '../../src/services/pictureFiles.ts';
import { failure } from '../support/fakeFeishu.ts';

/** A PNG of one pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const source: PictureSource = { kind: 'ticket', ticketId: '1', messageIds: ['m1', 'm2'], index: 0 };

type Deps = Parameters<typeof createPictureFiles>[0];

function files(known: Picture['state'], changes: Partial<Deps> = {}) {
  const asked: string[] = [];
  const pictureFiles = createPictureFiles({
    images: {
      known: async ([one]) => {
        if (one === undefined) return [];
        return known === 'ready'
          ? [{ state: 'ready', source: one, imageKey: 'img_own' }]
          : [{ state: 'loading', source: one }];
      },
    },
    ownImage: async (key) => {
      asked.push(key);
      return png;
    },
    ticketImage: async ({ messageId }) => {
      asked.push(messageId);
      return png;
    },
    faqImage: async () => png,
    ...changes,
  });
  return { read: () => pictureFiles.read(source), asked };
}

describe('the bytes of a picture', () => {
  it('come from the bot’s own upload, so that they survive the original', async () => {
    const { read, asked } = files('ready');
    expect(await read()).toEqual({ ok: true, bytes: png, mime: 'image/png' });
    expect(asked).toEqual(['img_own']);
  });

  it.each(['deleted', 'forbidden', 'passing'] as const)(
    'come from the original when the upload is %s',
    async (kind) => {
      const { read, asked } = files('ready', {
        ownImage: async () => {
          throw failure(kind, 'image');
        },
      });
      expect(await read()).toMatchObject({ ok: true });
      expect(asked).toEqual(['m1']);
    },
  );

  it('come from the original where there is no upload, under whichever id it is known', async () => {
    const { read, asked } = files('loading', {
      ticketImage: async ({ messageId }) => {
        asked.push(messageId);
        if (messageId === 'm1') throw failure('not_found', 'ticketImage');
        return png;
      },
    });
    expect(await read()).toMatchObject({ ok: true });
    expect(asked).toEqual(['m1', 'm2']);
  });

  it.each([
    ['deleted', 'deleted'],
    ['passing', 'unavailable'],
  ] as const)('that cannot be had (%s) are a reason', async (kind, reason) => {
    const { read } = files('loading', {
      ticketImage: async () => {
        throw failure(kind, 'ticketImage');
      },
    });
    expect(await read()).toEqual({ ok: false, reason });
  });

  it('that are no picture stay out', async () => {
    const { read } = files('ready', { ownImage: async () => Buffer.from('<svg onload=alert(1)>') });
    expect(await read()).toMatchObject({ ok: false, reason: 'unreadable' });
  });
});
