/** The files of deploy/ keep what they promise, as far as this can be read from them. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { endpoints } from '../../src/feishu/endpoints.ts';
import { variables } from '../../src/variables.ts';
import { execForm, readDockerfile, textsOf } from '../support/dockerfile.ts';

const read = (file: string): string => readFileSync(join('deploy', file), 'utf8');
function yamlOf(file: string): unknown[] {
  return parseAllDocuments(read(file), { merge: true, uniqueKeys: true }).map((document) => {
    if ('errors' in document && document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}
const names = new Set(variables.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])));
const engines = z
  .object({ engines: z.object({ node: z.string() }) })
  .parse(JSON.parse(readFileSync('package.json', 'utf8'))).engines.node;

describe('the Dockerfile', () => {
  const stages = readDockerfile(read('Dockerfile'));
  const last = stages.at(-1);

  it('builds in stages on one slim image of a Node that is supported', () => {
    expect(stages).toHaveLength(3);
    expect(new Set(stages.map(({ from }) => from)).size).toBe(1);
    const [, major] = /^node:(\d+)-[a-z]+-slim$/.exec(last?.from ?? '') ?? [];
    expect(engines).toMatch(new RegExp(`\\^${major}[. ]|\\^${major}$`));
  });

  it('leaves no tool to build with in the result', () => {
    const text = (last?.instructions ?? []).map(({ text: words }) => words).join('\n');
    expect(text).not.toMatch(/apt-get|npm ci|gcc|python|make\b/);
    expect(textsOf(last, 'RUN').join(' ')).toContain('rm -rf /usr/local/lib/node_modules');
    expect(textsOf(stages[1], 'RUN')).toEqual(['npm ci --omit=dev']);
  });

  it('runs as nobody in particular, and only /data may be written', () => {
    const [user = ''] = textsOf(last, 'USER');
    const [uid, gid] = user.split(':').map(Number);
    expect(uid).toBeGreaterThanOrEqual(10_000);
    expect(gid).toBe(uid);
    expect(textsOf(last, 'RUN').join(' ')).toContain(`chown ${user} /data`);
    for (const copy of textsOf(last, 'COPY')) expect(copy).not.toContain('--chown');
    expect(textsOf(last, 'VOLUME')).toEqual(['/data']);
    expect(textsOf(last, 'ENV').join(' ')).toContain('DATA_DIR=/data');
  });

  it('copies only what exists, and what its ignore file lets through', () => {
    const allowed = read('Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    const copies = stages
      .flatMap((stage) => textsOf(stage, 'COPY'))
      .filter((copy) => !copy.startsWith('--from'));
    const sources = copies.flatMap((copy) => copy.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(existsSync(source), source).toBe(true);
      expect(allowed).toContain(`!${source}`);
    }
    expect(read('Dockerfile.dockerignore').split('\n')).toContain('*');
  });

  it('starts what the build makes, directly, so that signals reach it', () => {
    const [node, file = ''] = execForm(textsOf(last, 'CMD')[0] ?? '');
    expect(node).toBe('node');
    expect(existsSync(file.replace('dist/', 'src/').replace('.js', '.ts'))).toBe(true);
    expect(textsOf(last, 'STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(execForm(textsOf(last, 'HEALTHCHECK')[0] ?? '')[0]).toBe('node');
  });
});

describe('the permissions to import into the console', () => {
  it('are enough for every call of the table, and none is needed by nothing', () => {
    const file = z.object({ scopes: z.object({ tenant: z.array(z.string()), user: z.array(z.never()) }) });
    const { tenant } = file.parse(JSON.parse(read('feishu-app-scopes.json'))).scopes;
    const groups = Object.values(endpoints).flatMap((row): readonly (readonly string[])[] =>
      row.scopes.length === 0 ? [] : [row.scopes],
    );
    for (const group of groups)
      expect(tenant).toEqual(expect.arrayContaining([expect.toBeOneOf([...group])]));
    const known = [...groups.flat(), 'im:message.p2p_msg:readonly', 'im:message.group_at_msg:readonly'];
    for (const scope of tenant) expect(known).toContain(scope);
  });
});

const service = z.looseObject({
  image: z.string(),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  restart: z.string(),
  profiles: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
});
const compose = z.looseObject({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.unknown()),
});

describe('compose.yaml', () => {
  const { services, networks, volumes } = compose.parse(yamlOf('compose.yaml')[0]);

  it('is one bot by default, and two on Redis behind a proxy with the profile', () => {
    const of = (profile: string | undefined): string[] =>
      Object.keys(services).filter((name) => services[name]?.profiles?.[0] === profile);
    expect(of(undefined)).toEqual(['bot']);
    expect(of('redis')).toEqual(['bot-a', 'bot-b', 'redis', 'proxy']);
    for (const name of ['bot-a', 'bot-b'])
      expect(services[name]?.environment?.['REDIS_URL']).toBe('redis://redis:6379');
    expect(services['bot']?.environment?.['REDIS_URL']).toBeUndefined();
    expect(services['bot']?.volumes).toEqual(['data:/data']);
  });

  it.each(Object.entries(services))('%s runs with as little as it needs', (_name, one) => {
    expect(one.read_only).toBe(true);
    expect(one.cap_drop).toEqual(['ALL']);
    expect(one.security_opt).toEqual(['no-new-privileges:true']);
    expect(one.restart).toBe('unless-stopped');
    for (const volume of one.volumes) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('./')) expect(existsSync(join('deploy', source))).toBe(true);
      else expect(Object.keys(volumes)).toContain(source);
    }
    for (const network of one.networks) expect(Object.keys(networks)).toContain(network);
  });

  it('gives the bots variables that they know, and time to end', () => {
    for (const name of ['bot', 'bot-a', 'bot-b']) {
      for (const variable of Object.keys(services[name]?.environment ?? {}))
        expect([...names]).toContain(variable);
      expect(services[name]?.stop_grace_period).toBe('12s');
      expect(services[name]?.['env_file']).toBe('../.env');
    }
  });

  it('has a Redis that nobody outside reaches, and that loses nothing', () => {
    const { redis } = services;
    expect(redis?.networks).toEqual(['inside']);
    expect(networks['inside']?.internal).toBe(true);
    expect(redis?.ports).toEqual([]);
    expect(redis?.command?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
    expect(redis?.volumes).toEqual(['redis:/data']);
  });

  it('lets strangers reach the two routes of Feishu, over TLS, and nothing else', () => {
    const open = Object.entries(services).filter(([, one]) =>
      one.ports.some((port) => !port.startsWith('127.')),
    );
    expect(open.map(([name]) => name)).toEqual(['proxy']);
    const caddy = read('Caddyfile');
    expect(caddy).toMatch(/@feishu path \/webhook\/event \/webhook\/card\n/);
    expect(caddy).toContain('reverse_proxy bot-a:3000 bot-b:3000');
    expect(caddy).toContain('respond 404');
    expect((caddy.match(/\{/g) ?? []).length).toBe((caddy.match(/\}/g) ?? []).length);
  });
});

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }).optional(),
});
const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  envFrom: z.array(z.unknown()).optional(),
  startupProbe: z.unknown().optional(),
  livenessProbe: z.unknown().optional(),
  readinessProbe: z.unknown(),
  resources: z.object({
    requests: z.object({ memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z.array(
    z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }),
  ),
});
const workload = z.looseObject({
  kind: z.enum(['Deployment', 'StatefulSet']),
  spec: z.looseObject({
    replicas: z.number(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        automountServiceAccountToken: z.literal(false),
        terminationGracePeriodSeconds: z.number().optional(),
        securityContext: z.looseObject({ runAsNonRoot: z.literal(true), runAsUser: z.number().min(999) }),
        containers: z.array(container).min(1),
        volumes: z.array(z.looseObject({ name: z.string() })).default([]),
      }),
    }),
  }),
});

describe('the Kubernetes manifests', () => {
  const files = readdirSync('deploy/k8s').filter((name) => name.endsWith('.yaml'));
  const objects = files.flatMap((file) => yamlOf(join('k8s', file)).map((one) => object.parse(one)));
  const byKind = (kind: string) => objects.filter((one) => one.kind === kind);
  const workloads = [...byKind('Deployment'), ...byKind('StatefulSet')].map((one) => workload.parse(one));
  const bot = workloads.find(({ kind }) => kind === 'Deployment');
  const pod = bot?.spec.template.spec;

  it('are all named in the kustomization, but for the example of the secret', () => {
    const list = z.object({ resources: z.array(z.string()) }).parse(byKind('Kustomization')[0]).resources;
    expect([...list].sort()).toEqual(
      files.filter((file) => !['kustomization.yaml', 'secret.example.yaml'].includes(file)),
    );
  });

  it('run two bots that end in time, and at least one through every disruption', () => {
    expect(bot?.spec.replicas).toBe(2);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(15);
    expect(byKind('PodDisruptionBudget')).toMatchObject([{ spec: { minAvailable: 1 } }]);
  });

  it('have selectors that find their pods', () => {
    const labels = workloads.map(({ spec }) => spec.template.metadata.labels);
    for (const { spec } of workloads)
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    const selector = z.looseObject({ spec: z.looseObject({ selector: z.record(z.string(), z.string()) }) });
    for (const one of byKind('Service'))
      expect(labels).toContainEqual(expect.objectContaining(selector.parse(one).spec.selector));
    const selecting = z.looseObject({
      spec: z.looseObject({ podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }),
    });
    for (const one of byKind('NetworkPolicy'))
      expect(labels).toContainEqual(
        expect.objectContaining(selecting.parse(one).spec.podSelector.matchLabels),
      );
  });

  it('probe health for life and readiness for traffic', () => {
    const [one] = pod?.containers ?? [];
    expect(one?.livenessProbe).toMatchObject({ httpGet: { path: '/healthz', port: 'http' } });
    expect(one?.startupProbe).toMatchObject({ httpGet: { path: '/healthz', port: 'http' } });
    expect(one?.readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'http' } });
  });

  it('give the bot variables that it knows, and secrets as files that are mounted', () => {
    const config = z
      .looseObject({ data: z.record(z.string(), z.string()) })
      .parse(byKind('ConfigMap')[0]).data;
    for (const name of Object.keys(config)) expect([...names]).toContain(name);
    const secret = z.looseObject({ stringData: z.record(z.string(), z.string()) }).parse(byKind('Secret')[0]);
    const mounted = pod?.containers[0]?.volumeMounts.find(({ name }) => name === 'secrets');
    expect(mounted?.readOnly).toBe(true);
    const paths = Object.entries(config).filter(([name]) => name.endsWith('_FILE'));
    expect(paths.map(([, path]) => path.replace(`${mounted?.mountPath}/`, '')).sort()).toEqual(
      Object.keys(secret.stringData).sort(),
    );
    const required = variables.filter((variable) => variable.required).map(({ name }) => name);
    for (const name of required) expect(config[name] ?? config[`${name}_FILE`]).toBeDefined();
    for (const name of variables.filter(({ secret: hidden }) => hidden).map((one) => one.name))
      expect(config).not.toHaveProperty(name);
  });

  it('mount only volumes that they have', () => {
    for (const mount of pod?.containers.flatMap(({ volumeMounts }) => volumeMounts) ?? [])
      expect(pod?.volumes.map(({ name }) => name)).toContain(mount.name);
  });
});

describe('the systemd unit', () => {
  const lines = read('feishu-ticket-bot.service').split('\n');
  const settings = new Map(
    lines
      .filter((line) => /^[A-Z]\w*=/.test(line))
      .map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );

  it('starts what the build makes, and gives it time to end', () => {
    expect(settings.get('ExecStart')).toBe('/usr/bin/node dist/main.js');
    expect(Number(settings.get('TimeoutStopSec'))).toBeGreaterThanOrEqual(10);
    expect(settings.get('Restart')).toBe('always');
  });

  it('keeps its data where it may write, and nowhere else', () => {
    const state = `DATA_DIR=/var/lib/${settings.get('StateDirectory')}`;
    expect(lines).toContain(`Environment=${state}`);
    expect(settings.get('ProtectSystem')).toBe('strict');
  });

  it.each(['NoNewPrivileges', 'PrivateDevices', 'ProtectHome', 'RestrictNamespaces', 'LockPersonality'])(
    'hardens by %s',
    (name) => expect(settings.get(name)).toBe('yes'),
  );

  it('leaves V8 its compiler', () => {
    expect(settings.has('MemoryDenyWriteExecute')).toBe(false);
    expect(basename(settings.get('WorkingDirectory') ?? '')).toBe('feishu-ticket-bot');
  });
});
