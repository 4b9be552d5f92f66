/** One part of a multipart/form-data body. https://www.rfc-editor.org/rfc/rfc7578 */
interface Part {
  readonly name: string;
  /** Undefined when the part carries none: then it is a plain field. */
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  readonly data: Buffer;
}

export type Form = ReadonlyMap<string, Part>;

/** Reads a form; undefined when the content type names no boundary or the body breaks off. */
export function parseForm(body: Buffer, contentType: string): Form | undefined {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  const delimiter = Buffer.from(`--${boundary}`);
  const parts = new Map<string, Part>();
  let start = body.indexOf(delimiter);
  while (start !== -1) {
    const from = start + delimiter.length;
    if (body.subarray(from, from + 2).equals(Buffer.from('--'))) return parts;
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), from);
    if (next === -1) return undefined;
    const part = parsePart(body.subarray(from + 2, next));
    if (part !== undefined) parts.set(part.name, part);
    start = next + 2;
  }
  return undefined;
}

function parsePart(bytes: Buffer): Part | undefined {
  const split = bytes.indexOf('\r\n\r\n');
  if (split === -1) return undefined;
  const head = bytes.subarray(0, split).toString('utf8');
  const name = /\bname="([^"]*)"/i.exec(head)?.[1];
  if (name === undefined) return undefined;
  return {
    name,
    filename: /\bfilename="([^"]*)"/i.exec(head)?.[1],
    contentType: /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim(),
    data: bytes.subarray(split + 4),
  };
}
