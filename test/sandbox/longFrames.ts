/**
 * The two layers of Feishu's long connection, written by hand from their descriptions, so that they are a second opinion about the
 * SDK: WebSocket frames, and inside each binary one a protobuf message.
 * https://www.rfc-editor.org/rfc/rfc6455 and https://protobuf.dev/programming-guides/encoding/
 */

import { createHash } from 'node:crypto';

// ---------------------------------------------------------------- WebSocket

export const opcodes = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface SocketFrame {
  readonly opcode: number;
  readonly final: boolean;
  readonly payload: Buffer;
}

/** The value of `Sec-WebSocket-Accept`. */
export const acceptKey = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** A whole frame as a server sends it: not masked. */
export function socketFrame(opcode: number, payload: Uint8Array): Buffer {
  const head = [0x80 | opcode];
  const { length } = payload;
  if (length < 126) head.push(length);
  else if (length < 65_536) head.push(126, length >> 8, length & 0xff);
  else
    head.push(
      127,
      0,
      0,
      0,
      0,
      (length >>> 24) & 0xff,
      (length >> 16) & 0xff,
      (length >> 8) & 0xff,
      length & 0xff,
    );
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Reads a client's frames from bytes that come in any pieces. Throws when a frame is not masked. */
export function frameReader(): (chunk: Buffer) => SocketFrame[] {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: SocketFrame[] = [];
    for (let read = readFrame(rest); read !== undefined; read = readFrame(rest)) {
      frames.push(read.frame);
      rest = rest.subarray(read.endBytes);
    }
    return frames;
  };
}

function readFrame(bytes: Buffer): { frame: SocketFrame; endBytes: number } | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  if ((second & 0x80) === 0) throw new Error('A client must mask its frames.');
  const short = second & 0x7f;
  const lengthBytes = { 126: 2, 127: 8 }[short] ?? 0;
  const maskAt = 2 + lengthBytes;
  if (bytes.length < maskAt + 4) return undefined;
  const long = lengthBytes === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  const length = lengthBytes === 2 ? bytes.readUInt16BE(2) : long;
  const endBytes = maskAt + 4 + length;
  if (bytes.length < endBytes) return undefined;
  const mask = bytes.subarray(maskAt, maskAt + 4);
  const payload = Buffer.from(bytes.subarray(maskAt + 4, endBytes));
  for (let at = 0; at < payload.length; at += 1) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return { frame: { opcode: first & 0x0f, final: (first & 0x80) !== 0, payload }, endBytes };
}

// ---------------------------------------------------------------- protobuf

export type FrameHeaders = Readonly<Record<string, string>>;

/** `method` 0 is control (ping and pong), 1 is data. */
export interface LongFrame {
  readonly service: number;
  readonly method: number;
  readonly headers: FrameHeaders;
  readonly payload: Buffer;
}

const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const fields = { seqId: 1, logId: 2, service: 3, method: 4, header: 5, payload: 8 } as const;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  return Buffer.from([...bytes, left]);
}

const number = (field: number, value: number): Buffer =>
  Buffer.concat([varint(field * 8 + wire.varint), varint(value)]);

const bytesField = (field: number, value: Uint8Array): Buffer =>
  Buffer.concat([varint(field * 8 + wire.bytes), varint(value.length), value]);

const textField = (field: number, value: string): Buffer => bytesField(field, Buffer.from(value));

export function encodeFrame({ service, method, headers, payload }: LongFrame): Buffer {
  return Buffer.concat([
    number(fields.seqId, 0),
    number(fields.logId, 0),
    number(fields.service, service),
    number(fields.method, method),
    ...Object.entries(headers).map(([key, value]) =>
      bytesField(fields.header, Buffer.concat([textField(1, key), textField(2, value)])),
    ),
    bytesField(fields.payload, payload),
  ]);
}

/** Throws on bytes that are no such message. */
export function decodeFrame(bytes: Buffer): LongFrame {
  const headers: Record<string, string> = {};
  let service = 0;
  let method = 0;
  let payload: Buffer = Buffer.alloc(0);
  for (const { field, value } of readFields(bytes)) {
    if (field === fields.service && typeof value === 'number') service = value;
    else if (field === fields.method && typeof value === 'number') method = value;
    else if (field === fields.header && typeof value !== 'number') {
      const [key = '', text = ''] = readFields(value).map((part) => String(part.value));
      headers[key] = text;
    } else if (field === fields.payload && typeof value !== 'number') payload = value;
  }
  return { service, method, headers, payload };
}

function readFields(bytes: Buffer): { readonly field: number; readonly value: number | Buffer }[] {
  const found: { field: number; value: number | Buffer }[] = [];
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = bytes[at];
      if (byte === undefined) throw new Error('The message breaks off.');
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = readVarint();
    const kind = tag % 8;
    let value: number | Buffer = 0;
    if (kind === wire.varint) value = readVarint();
    else {
      const size = { [wire.fixed64]: 8, [wire.fixed32]: 4 }[kind] ?? readVarint();
      value = bytes.subarray(at, at + size);
      at += size;
    }
    found.push({ field: Math.floor(tag / 8), value });
  }
  return found;
}
