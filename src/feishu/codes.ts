/** The table of Feishu's error codes: what each means for us. Everything that decides by a code reads it here. */

import type { FeishuErrorKind } from '../errors.ts';
import { helpdeskCodes } from './codesHelpdesk.ts';
import { mediaCodes } from './codesMedia.ts';
import { messageCodes } from './codesMessages.ts';
import { platformCodes } from './codesPlatform.ts';
import type { CodeRow } from './codesRow.ts';
import { familyOf } from './endpointFamily.ts';
import type { EndpointName } from './endpoints.ts';

/** All rows. The same number can stand in several: the one that names the endpoint wins over its family, and that over none. */
export const codes: readonly CodeRow[] = [...platformCodes, ...helpdeskCodes, ...messageCodes, ...mediaCodes];

const rowsByCode: ReadonlyMap<number, readonly CodeRow[]> = new Map(
  codes.map(({ code }) => [code, codes.filter((row) => row.code === code)]),
);

export interface Verdict {
  readonly kind: FeishuErrorKind;
  /** The row that decided; undefined when only the HTTP status could. */
  readonly row: CodeRow | undefined;
}

/**
 * What an answer that is no success means. The code decides whatever the HTTP status is, because Feishu sends one with the other's
 * number: 154404 (a deleted picture) comes with 401, 99991400 (too many calls) with 400.
 * @param httpStatus undefined when there was no answer at all
 * @param code undefined when the body was not Feishu's JSON
 * @param subCode the number behind `ErrCode:` in the message of a refused card
 * @param said Feishu's message: one sub code has several meanings that only the words tell apart
 */
export function classify(
  endpoint: EndpointName,
  httpStatus: number | undefined,
  code: number | undefined,
  subCode?: number,
  said = '',
): Verdict {
  const row = code === undefined ? undefined : bestRow(endpoint, code, subCode, said);
  if (httpStatus === 429 && row?.kind !== 'quota') return { kind: 'rate', row };
  if (row !== undefined) return { kind: row.kind, row };
  if (httpStatus === undefined || httpStatus >= 500) return { kind: 'passing', row };
  if (code !== undefined) return { kind: 'unknown', row };
  return { kind: withoutCode(endpoint, httpStatus), row };
}

/** HTML, half a body or nothing: a proxy or a broken line, which passes. Not so a redirect, which we never follow. */
function withoutCode(endpoint: EndpointName, httpStatus: number): FeishuErrorKind {
  if (httpStatus >= 300 && httpStatus < 400) return 'unknown';
  if (httpStatus === 413) return endpoint === 'imageUpload' ? 'bad_picture' : 'invalid';
  return 'passing';
}

function bestRow(
  endpoint: EndpointName,
  code: number,
  subCode: number | undefined,
  said: string,
): CodeRow | undefined {
  let best: CodeRow | undefined;
  for (const row of rowsByCode.get(code) ?? []) {
    if (row.endpoint !== undefined && row.endpoint !== endpoint && row.endpoint !== familyOf(endpoint))
      continue;
    if (row.subCode !== undefined && row.subCode !== subCode) continue;
    if (row.says !== undefined && !said.toLowerCase().includes(row.says)) continue;
    if (best === undefined || closeness(row, endpoint) > closeness(best, endpoint)) best = row;
  }
  return best;
}

function closeness(row: CodeRow, endpoint: EndpointName): number {
  const place = row.endpoint === undefined ? 0 : 1;
  return (
    (row.says === undefined ? 0 : 8) +
    (row.subCode === undefined ? 0 : 4) +
    (row.endpoint === endpoint ? 2 : place)
  );
}
