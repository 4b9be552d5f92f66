import { imageSize } from 'image-size';

/** The formats that a picture upload takes, told by their first bytes. https://open.feishu.cn/document/server-docs/im-v1/image/create */
const signatures: readonly { readonly contentType: string; readonly matches: (bytes: Buffer) => boolean }[] =
  [
    {
      contentType: 'image/png',
      matches: (bytes) => starts(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    },
    { contentType: 'image/jpeg', matches: (bytes) => starts(bytes, [0xff, 0xd8, 0xff]) },
    { contentType: 'image/gif', matches: (bytes) => /^GIF8[79]a/.test(ascii(bytes, 0, 6)) },
    {
      contentType: 'image/webp',
      matches: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
    },
    { contentType: 'image/bmp', matches: (bytes) => ascii(bytes, 0, 2) === 'BM' },
    { contentType: 'image/x-icon', matches: (bytes) => starts(bytes, [0, 0, 1, 0]) },
    {
      contentType: 'image/tiff',
      matches: (bytes) => starts(bytes, [0x49, 0x49, 0x2a, 0]) || starts(bytes, [0x4d, 0x4d, 0, 0x2a]),
    },
    {
      contentType: 'image/heic',
      matches: (bytes) => /^ftyp(heic|heix|mif1|msf1|hevc)/.test(ascii(bytes, 4, 12)),
    },
  ];

const starts = (bytes: Buffer, head: readonly number[]): boolean =>
  head.every((byte, index) => bytes[index] === byte);
const ascii = (bytes: Buffer, from: number, to: number): string =>
  bytes.subarray(from, to).toString('latin1');

export interface SeenPicture {
  readonly contentType: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Format and size of a picture; undefined when the bytes are none of the formats or broken. */
export function inspectPicture(bytes: Buffer): SeenPicture | undefined {
  const contentType = signatures.find(({ matches }) => matches(bytes))?.contentType;
  if (contentType === undefined) return undefined;
  try {
    const { width, height } = imageSize(bytes);
    return { contentType, widthPx: width, heightPx: height };
  } catch {
    return undefined;
  }
}
