/** What the bot is made of besides its own code: fixed versions, known licences, no scripts at install. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { billOf, nameOf, production, readLock } from './bill.ts';

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({ dependencies: versions, devDependencies: versions, overrides: versions, license: z.string() })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));

const lock = readFileSync('package-lock.json', 'utf8');
const packages = readLock(lock);
const used = [...production(packages)];

describe('versions', () => {
  it('are exact', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides };
    for (const [name, version] of Object.entries(all))
      expect({ name, version }).toEqual({ name, version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });

  it('are those of the lock file, each with the hash of its content', () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
      expect({ name, version: packages.get(`node_modules/${name}`)?.version }).toEqual({ name, version });
    for (const [path, { integrity }] of [...packages].filter(([path]) => path !== ''))
      expect({ path, integrity }).toEqual({ path, integrity: expect.stringMatching(/^sha512-/) });
  });
});

describe('runtime dependencies', () => {
  it('are few, and each has a reason in the README', () => {
    const names = Object.keys(manifest.dependencies);
    expect(names).toHaveLength(12);
    const readme = readFileSync('README.md', 'utf8');
    for (const name of names)
      expect(readme).toMatch(new RegExp(`^\\| \`${name}\` \\| [\\d.]+ \\| .{10,} \\|$`, 'm'));
  });

  it('bring no more than is known', () => {
    expect(used.length).toBeLessThan(190);
  });
});

/** What they may be under. The libraries under sharp are linked dynamically, as the LGPL asks. */
const free = [
  'MIT',
  'MIT-0',
  'ISC',
  'BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
];
const linked = /^@img\/sharp(?:-libvips)?-/;

/** `(MIT OR X)` is one of them, `A AND B` is all of them. */
function isFree(expression: string, name: string): boolean {
  const bare = expression.replaceAll(/[()]/g, '').trim();
  if (bare.includes(' AND ')) return bare.split(' AND ').every((one) => isFree(one, name));
  if (bare.includes(' OR ')) return bare.split(' OR ').some((one) => isFree(one, name));
  return free.includes(bare) || (linked.test(name) && /^LGPL-3\.0-or-later$/.test(bare));
}

describe('licences', () => {
  it.each([
    ['MIT', 'x', true],
    ['(MIT OR GPL-3.0)', 'x', true],
    ['MIT AND GPL-3.0', 'x', false],
    ['GPL-3.0', 'x', false],
    ['LGPL-3.0-or-later', 'x', false],
    ['Apache-2.0 AND LGPL-3.0-or-later', '@img/sharp-libvips-linux-x64', true],
    ['SEE LICENSE IN x', 'x', false],
  ])('%s of %s: %s', (licence, name, verdict) => {
    expect(isFree(licence, name)).toBe(verdict);
  });

  it('of everything that runs are free, in the lock file and in what is installed', () => {
    const bad = used.flatMap(([path, { license }]) => {
      const name = nameOf(path);
      const file = join(path, 'package.json');
      const installed = existsSync(file)
        ? z.object({ license: z.unknown() }).parse(JSON.parse(readFileSync(file, 'utf8'))).license
        : license;
      const licence = typeof installed === 'string' ? installed : license;
      return licence !== undefined && isFree(licence, name) ? [] : [`${name}: ${String(licence)}`];
    });
    expect(bad).toEqual([]);
    expect(manifest.license).toBe('MIT');
  });
});

describe('scripts at install', () => {
  it('are off', () => {
    const lines = readFileSync('.npmrc', 'utf8').trim().split('\n');
    expect(lines).toContain('ignore-scripts=true');
    expect(lines).toContain('save-exact=true');
  });

  it('are those that are known to be needless', () => {
    const names = used
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => nameOf(path));
    expect([...new Set(names)].sort()).toEqual(['@photostructure/sqlite', 'msgpackr-extract', 'protobufjs']);
  });

  it('are needless: what they would prepare works without', async () => {
    const { default: sharp } = await import('sharp');
    const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    expect(png.length).toBeGreaterThan(50);
    const { DatabaseSync } = await import('@photostructure/sqlite');
    const database = new DatabaseSync(':memory:');
    expect(database.prepare('select 1 as one').get()).toMatchObject({ one: 1 });
    database.close();
    expect(await import('@larksuiteoapi/node-sdk')).toHaveProperty('Client');
    expect(await import('bullmq')).toHaveProperty('Queue');
  });
});

describe('the bill of materials', () => {
  const shape = z.object({
    bomFormat: z.literal('CycloneDX'),
    serialNumber: z
      .string()
      .regex(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
    components: z.array(
      z.object({
        purl: z.string(),
        licenses: z.array(z.unknown()).min(1),
        hashes: z.array(z.unknown()).min(1),
      }),
    ),
    dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
  });
  const root = { name: 'feishu-ticket-bot', version: '1.0.0' };
  const bill = shape.parse(billOf(lock, root));

  it('names everything that runs, once, with licence and hash, and nothing else', () => {
    const urls = bill.components.map(({ purl }) => purl);
    expect(new Set(urls).size).toBe(urls.length);
    const wanted = used.map(
      ([path, { version }]) => `pkg:npm/${nameOf(path).replace('@', '%40')}@${version}`,
    );
    expect(new Set(urls)).toEqual(new Set(wanted));
    for (const name of Object.keys(manifest.dependencies))
      expect(urls.some((url) => url.startsWith(`pkg:npm/${name.replace('@', '%40')}@`))).toBe(true);
    expect(urls.join()).not.toContain('pkg:npm/vitest@');
  });

  it('says what each needs, and everything is needed by something', () => {
    const refs = new Set(bill.dependencies.map(({ ref }) => ref));
    const needed = new Set(bill.dependencies.flatMap(({ dependsOn }) => dependsOn));
    for (const ref of needed) expect(refs).toContain(ref);
    const [own] = bill.dependencies;
    expect(own?.ref).toBe('pkg:npm/feishu-ticket-bot@1.0.0');
    expect(own?.dependsOn).toHaveLength(Object.keys(manifest.dependencies).length);
    const orphans = bill.components.map(({ purl }) => purl).filter((purl) => !needed.has(purl));
    expect(orphans).toEqual([]);
  });

  it('is the same for the same lock file', () => {
    expect(billOf(lock, root)).toEqual(billOf(lock, root));
  });
});
