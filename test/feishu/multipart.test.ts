import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multipart } from '../../src/feishu/multipart.ts';

const file = (bytes: Uint8Array, name = 'image.png') => ({ part: 'image', name, mime: 'image/png', bytes });

describe('a form', () => {
  it('is read by others as it was written, whatever is in it, and is as long as it says', async () => {
    const sizes = fc.oneof(fc.nat(300), fc.constantFrom(65_535, 65_536, 65_537, 200_000));
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }),
        fc.string({ minLength: 1 }),
        sizes,
        async (value, name, sizeBytes) => {
          const bytes = new Uint8Array(sizeBytes).map((_, index) => (index * 31) % 256);
          // Browsers read line ends in a text as CR LF.
          const text = value.replaceAll(/[\r\n]/g, ' ');
          const { headers, pieces } = multipart({ fields: { note: text }, file: file(bytes, name) });
          const sent = Buffer.concat([...pieces]);
          expect(headers['Content-Length']).toBe(String(sent.byteLength));
          const type = headers['Content-Type'] ?? '';
          const form = await new Response(sent, { headers: { 'content-type': type } }).formData();
          expect(form.get('note')).toBe(text);
          const got = form.get('image');
          if (!(got instanceof File)) throw new Error('no file');
          expect(got.type).toBe('image/png');
          expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('cannot be broken by the name of its file', () => {
    const { pieces } = multipart({ fields: {}, file: file(new Uint8Array(1), 'a"; x="\r\n\r\nb.png') });
    const sent = Buffer.concat([...pieces]).toString();
    expect(sent).toContain('filename="a%22; x=%22%0D%0A%0D%0Ab.png"\r\nContent-Type: image/png\r\n\r\n');
  });

  it('comes in slices, and none of a large file is copied', () => {
    const bytes = new Uint8Array(1_000_000);
    const { pieces } = multipart({ fields: {}, file: file(bytes) });
    const slices = [...pieces].filter(({ buffer }) => buffer === bytes.buffer);
    expect(slices).toHaveLength(16);
  });
});
