/** The files of deploy/, as their tests read them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { variables } from '../../src/variables.ts';

export const read = (file: string): string => readFileSync(join('deploy', file), 'utf8');

export function yamlOf(file: string): unknown[] {
  return parseAllDocuments(read(file), { merge: true, uniqueKeys: true }).map((document) => {
    if ('errors' in document && document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}
/** Every variable that the bot reads. */
export const names = new Set(
  variables.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])),
);

/** `512mb`, `1g`, `1Gi` */
export const mebibytes = (size = ''): number => {
  const [, count, unit] = /^(\d+)([mg])/i.exec(size) ?? [];
  return Number(count) * (unit?.toLowerCase() === 'g' ? 1_024 : 1);
};
