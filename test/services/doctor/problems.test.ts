/** What the configuration and the storage say in English has words in every language of the operators. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { ConfigError } from '../../../src/errors.ts';
import { inWords, problemInWords } from '../../../src/services/doctor/problems.ts';

/** Two words with a space between them are a sentence that nobody has translated. */
const english = /[a-z]{3,} [a-z]{3,}/;

/** Every sentence in a file that begins like one of these, with gaps filled. */
function sentencesIn(file: string, beginning: RegExp): readonly string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/'([^'\n]+)'|`([^`\n]+)`/g)]
    .map(([, plain, gapped]) =>
      (plain ?? gapped ?? '')
        .replace(/\$\{logLevels[^}]*\}/, 'fatal, error')
        .replaceAll(/\$\{[^}]*\}/g, 'oc_'),
    )
    .filter((sentence) => beginning.test(sentence));
}

describe('what is wrong with a variable', () => {
  const sentences = sentencesIn(
    'src/config.ts',
    /^(?:must |is required|\* is not|[\w:]*oc_(?:_FILE)?: (?:is|the) )/,
  ).map((sentence) => sentence.replace(/^\w+: /, ''));

  it('stands in the source in about twenty sentences', () => {
    expect(sentences.length).toBeGreaterThan(17);
  });

  it.each(sentences)('“%s” is said in Chinese and Japanese', (sentence) => {
    const said = inWords(sentence);
    for (const other of [said.zh_cn, said.ja_jp]) {
      expect(other).not.toBe(sentence);
      expect(other.replaceAll(/redis:.*$/g, '')).not.toMatch(english);
    }
    expect(said.en_us).not.toMatch(/\$\d/);
  });

  it('keeps the name of the variable, and what a real environment is told has words', () => {
    let problems: readonly string[] = [];
    try {
      readConfig({ PORT: '99999999', FEISHU_DOMAIN: 'x y', LLM_MODEL: 'm', LOG_LEVEL: 'loud' });
    } catch (error) {
      if (error instanceof ConfigError) problems = error.problems;
    }
    expect(problems.length).toBeGreaterThan(8);
    for (const problem of problems) {
      const said = problemInWords(problem);
      expect(said.en_us.split(':')[0]).toBe(problem.split(':')[0]);
      expect(said.zh_cn).not.toMatch(english);
      expect(said.ja_jp).not.toMatch(english);
    }
  });
});

describe('what is wrong with the storage', () => {
  it.each([
    'DATA_DIR ./data cannot be written (EACCES)',
    '/data/bot.db is damaged; restore a backup.',
    '/data/bot.db has version 9, written by a newer bot; this one knows 3.',
    '/data/bot.db cannot be read (SQLITE_NOTADB)',
    '/data/bot.db is on a file system that SQLite cannot share; use a local disk',
    'The storage cannot be used now (SQLITE_FULL)',
    'REDIS_URL: Redis cannot be reached (ECONNREFUSED)',
    'REDIS_URL: Redis cannot be used (ETIMEDOUT)',
    'Redis cannot be used now (READONLY)',
    ...sentencesIn('src/store/redis.ts', /^REDIS_URL: .*\.$/),
    ...sentencesIn('src/store/redisInspection.ts', /^(?:REDIS_URL: INFO|Redis \S+ is too|this Redis)/).map(
      (sentence) => (sentence.startsWith('REDIS_URL') ? `${sentence} (NOPERM)` : `REDIS_URL: ${sentence}`),
    ),
    ...sentencesIn('src/store/redisConnection.ts', /^Redis (?:was|does)/),
  ])('“%s” is said in Chinese and Japanese', (sentence) => {
    const { zh_cn, ja_jp } = inWords(sentence);
    expect(zh_cn).not.toMatch(english);
    expect(ja_jp).not.toMatch(english);
  });

  it('shows what it does not know as it is', () => {
    expect(inWords('what nobody has heard of').zh_cn).toBe('what nobody has heard of');
  });
});
