/**
 * The software bill of materials, in CycloneDX 1.6, made from the lock file alone: the same file gives the same bill. (`npm sbom --omit dev`
 * leaves out what development needs too, such as zod.) https://cyclonedx.org/docs/1.6/json/
 */

import { createHash } from 'node:crypto';
import { z } from 'zod';

const names = z.record(z.string(), z.string()).optional();
const entry = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  dependencies: names,
  optionalDependencies: names,
});
const lockShape = z.object({ packages: z.record(z.string(), entry) });

export type Entry = z.infer<typeof entry>;
/** By the folder where the package is installed; the bot itself is ''. */
export type Packages = ReadonlyMap<string, Entry>;

export function readLock(text: string): Packages {
  return new Map(Object.entries(lockShape.parse(JSON.parse(text)).packages));
}

const folder = 'node_modules/';

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(folder) + folder.length);
}

/** What is there when the bot runs, on one platform or another. */
export function production(packages: Packages): Packages {
  return new Map([...packages].filter(([path, { dev }]) => path !== '' && dev !== true));
}

function urlOf(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** Where a package finds another one, as Node looks for it: in its own folder, then in those above. */
function find(packages: Packages, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf(`/${folder}`)))) {
    const path = at === '' ? `${folder}${name}` : `${at}/${folder}${name}`;
    if (packages.has(path)) return path;
    if (at === '' || !at.includes(folder)) return undefined;
    if (!at.includes(`/${folder}`)) at = '';
  }
}

/** @param lock the text of package-lock.json @param description of the bot */
export function billOf(lock: string, root: { readonly name: string; readonly version: string }): unknown {
  const packages = readLock(lock);
  const used = production(packages);
  const refs = new Map([...used].map(([path, { version = '0' }]) => [path, urlOf(nameOf(path), version)]));
  const rootRef = urlOf(root.name, root.version);
  const needs = (path: string, { dependencies, optionalDependencies }: Entry): string[] =>
    Object.keys({ ...dependencies, ...optionalDependencies }).flatMap((name) => {
      const at = find(used, path, name);
      return at === undefined ? [] : (refs.get(at) ?? []);
    });
  const graph = new Map<string, ReadonlySet<string>>();
  for (const [path, one] of [['', packages.get('') ?? {}] as const, ...used]) {
    const ref = path === '' ? rootRef : (refs.get(path) ?? '');
    graph.set(ref, new Set([...(graph.get(ref) ?? []), ...needs(path, one)]));
  }
  const components = [...used].map(([path, one]) => componentOf(nameOf(path), one));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(lock)}`,
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: { type: 'application', 'bom-ref': rootRef, ...root, purl: rootRef },
    },
    components: [...new Map(components.map((one) => [one['bom-ref'], one])).values()],
    dependencies: [...graph].map(([ref, dependsOn]) => ({ ref, dependsOn: [...dependsOn].sort() })),
  };
}

function componentOf(name: string, { version = '0', integrity, license, optional }: Entry) {
  const ref = urlOf(name, version);
  const [algorithm, hash = ''] = integrity?.split('-') ?? [];
  const [, scope, bare = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  return {
    type: 'library',
    'bom-ref': ref,
    ...(scope === undefined ? {} : { group: scope }),
    name: bare,
    version,
    scope: optional === true ? 'optional' : 'required',
    purl: ref,
    ...(algorithm === 'sha512'
      ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }] }
      : {}),
    ...(license === undefined ? {} : { licenses: [licenceOf(license)] }),
  };
}

/** One licence by its id, several as an expression. */
function licenceOf(license: string) {
  return /[ ()]/.test(license) ? { expression: license } : { license: { id: license } };
}

/** The same for the same lock file, in the form of a random one. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
