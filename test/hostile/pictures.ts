/** I: the pictures that Feishu hands out. */

import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { expect } from 'vitest';
import { bmp, heic, plain } from '../images/samples.ts';
import type { FaultRule } from '../sandbox/controlShapes.ts';
import { minutes, ticketWriter } from '../sandbox/ticketWriter.ts';
import { agent, type Row, type Stage, saidIn, support } from './stage.ts';

const keysIn = (text: string): string[] => [...text.matchAll(/"img_key":"([^"]+)"/g)].map((m) => m[1] ?? '');

/**
 * Puts a ticket into the helpdesk with this picture and one of which nothing can be said. Its card comes, shows the good one, and shows
 * the other one or a line in its place.
 */
export async function showPicture(
  stage: Stage,
  bytes: Buffer | (() => Promise<Buffer>),
  shown: 'shown' | 'in words',
  fault?: FaultRule,
): Promise<void> {
  const { world } = stage.sandbox;
  const guest = world.person('王敏');
  const ticket = world.addTicket({ guest: { id: guest.openId }, ticket_type: 2, status: 2 });
  const write = ticketWriter(world, ticket);
  const made = Buffer.isBuffer(bytes) ? bytes : await bytes();
  const odd = write.image(guest, minutes(9), { bytes: () => made, contentType: 'image/png', deleted: false });
  const side = 10 + world.tickets.size;
  const good = await plain('png', side, side);
  write.image(guest, minutes(8), { bytes: () => good, contentType: 'image/png', deleted: false });
  if (fault !== undefined)
    stage.sandbox.fault({ ...fault, endpoint: 'ticketImage', match: { msgId: odd.id } });
  const reply = await stage.ask({ chat: support, person: agent, text: `/ticket ${ticket.wire.ticket_id}` });
  expect(new Set(keysIn(saidIn(reply))).size).toBe(shown === 'shown' ? 2 : 1);
  if (shown === 'in words')
    expect(saidIn(reply)).toMatch(
      /deleted by the customer|too large to show|not a picture that|could not be fetched/,
    );
}

const picture = (
  id: string,
  input: string,
  shown: 'shown' | 'in words',
  bytes: () => Promise<Buffer>,
  note?: string,
): Row => ({
  id,
  input,
  ...(note === undefined ? {} : { note }),
  attempt: (stage) => showPicture(stage, bytes, shown),
});

/** As Feishu's answer would be if it were this. */
export const raw = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): FaultRule => ({
  endpoint: 'ticketImage',
  times: 1,
  raw: { status, body, headers },
});

const chunk = (name: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
};

/** A PNG with this between its header and its pixels. */
async function pngWith(inserted: Buffer): Promise<Buffer> {
  const png = await plain('png', 9, 9);
  return Buffer.concat([png.subarray(0, 33), inserted, png.subarray(33)]);
}

/** One pixel, 10,000 times. */
function longGif(): Buffer {
  const head = Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from([1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]),
  ]);
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  return Buffer.concat([head, ...Array<Buffer>(10_000).fill(frame), Buffer.from([0x3b])]);
}

export const pictureRows: readonly Row[] = [
  {
    id: 'I01',
    input: 'a deleted picture: 401 with 154404, and the same under 200',
    async attempt(stage) {
      const tokens = stage.sandbox.ledger.callsTo('tenantToken').length;
      const gone = { endpoint: 'ticketImage', status: 401, code: 154404, times: 1 };
      await showPicture(stage, await plain('png', 3, 3), 'in words', gone);
      await showPicture(stage, await plain('png', 4, 4), 'in words', { ...gone, json200: true });
      expect(stage.sandbox.ledger.callsTo('tenantToken').length).toBe(tokens);
    },
  },
  picture('I02', 'no bytes', 'in words', async () => Buffer.alloc(0)),
  picture('I03', '10 MB exactly', 'shown', async () =>
    Buffer.concat([await plain('jpeg', 20, 20)], 10 * 1024 * 1024),
  ),
  picture(
    'I04',
    '10 MB and a byte',
    'shown',
    async () => Buffer.concat([await plain('jpeg', 21, 21)], 10 * 1024 * 1024 + 1),
    'Shown: what is over the limit of uploads is written anew, smaller.',
  ),
  {
    id: 'I05',
    input: 'a length that is not the truth',
    async attempt(stage) {
      await showPicture(stage, await plain('png', 5, 5), 'shown', raw(200, 'abc', { 'content-length': '1' }));
      await showPicture(stage, await plain('png', 6, 6), 'in words', {
        ...raw(200, 'abc', { 'content-type': 'image/png', 'content-length': '99999999' }),
      });
    },
  },
  {
    id: 'I07',
    input: 'a connection that breaks in the middle',
    attempt: async (stage) =>
      showPicture(stage, await plain('png', 7, 7), 'shown', {
        endpoint: 'ticketImage',
        drop: 'half',
        times: 1,
      }),
  },
  {
    id: 'I08',
    input: 'JSON or HTML in a picture’s place',
    async attempt(stage) {
      const png = { 'content-type': 'image/png' };
      await showPicture(stage, Buffer.from('{"code":0}'), 'in words');
      await showPicture(stage, Buffer.from('<html><script>alert(1)</script></html>'), 'in words');
      await showPicture(stage, await plain('png', 8, 8), 'in words', raw(200, '<html></html>', png));
    },
  },
  picture('I09', 'an SVG with a script and an entity of a file', 'in words', async () =>
    Buffer.from(
      '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script><text>&x;</text></svg>',
    ),
  ),
  picture('I10', 'one colour, 12,000 by 12,000', 'shown', () => plain('png', 12_000, 12_000)),
  picture(
    'I11',
    'a GIF of 2,001 pixels',
    'shown',
    () => plain('gif', 2_001, 2_001),
    'Shown: its first frame is written anew, smaller.',
  ),
  picture(
    'I12',
    'a GIF of 10,000 frames',
    'shown',
    async () => longGif(),
    'Shown byte for byte: no frame is decoded here.',
  ),
  {
    id: 'I13',
    input: 'a PNG of 65,535 chunks, and one with 100 MB of packed text',
    note: 'Shown byte for byte: only the header is read here.',
    async attempt(stage) {
      const many = Buffer.concat(Array<Buffer>(65_535).fill(chunk('tEXt', Buffer.from('a\0b'))));
      await showPicture(stage, await pngWith(many), 'shown');
      const bomb = Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.alloc(100_000_000))]);
      await showPicture(stage, await pngWith(chunk('zTXt', bomb)), 'shown');
    },
  },
  picture(
    'I14',
    'a JPEG that is an archive too',
    'shown',
    async () => Buffer.concat([await plain('jpeg', 22, 22), Buffer.from('PK\x03\x04'), Buffer.alloc(100)]),
    'Shown byte for byte, as the contract asks; Feishu hands it out as the picture that it begins with.',
  ),
  {
    id: 'I15',
    input: 'a picture that says where it was taken',
    note: 'Shown byte for byte, as the contract asks: the people in the chat see what the guest sent to the helpdesk. It is left out whenever a picture is written anew.',
    attempt: async (stage) =>
      showPicture(
        stage,
        await sharp(await plain('jpeg', 23, 23))
          .withExif({ IFD3: { GPSLatitude: '31/1 13/1 0/1', GPSLongitude: '121/1 28/1 0/1' } })
          .toBuffer(),
        'shown',
      ),
  },
  {
    id: 'I16',
    input: 'TIFF, HEIC, BMP',
    async attempt(stage) {
      await showPicture(stage, await plain('tiff', 24, 24), 'shown');
      await showPicture(stage, heic(30, 30), 'shown');
      await showPicture(stage, bmp(5, 5), 'shown');
    },
  },
  {
    id: 'I17',
    input: 'file names',
    async attempt(stage) {
      await showPicture(stage, await plain('png', 25, 25), 'shown', {
        endpoint: 'ticketImage',
        times: 0,
      });
      const names = stage.sandbox.ledger
        .callsTo('imageUpload')
        .map(({ body }) => Object(body).image?.filename);
      expect(names.length).toBeGreaterThan(5);
      // Never one that came from outside.
      for (const name of names)
        expect(name).toMatch(/^[a-z]+\.(?:png|jpg|jpeg|gif|webp|tiff?|bmp|ico|heic)$/);
    },
  },
];
