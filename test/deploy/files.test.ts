/** The files of deploy/ keep what they promise, as far as this can be read from them. */

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoints } from '../../src/feishu/endpoints.ts';
import { variables } from '../../src/variables.ts';
import { eventScopeGroups } from '../support/appPage.ts';
import { mebibytes, names, read, yamlOf } from '../support/deployFiles.ts';
import { execForm, readDockerfile, textsOf } from '../support/dockerfile.ts';

const { engines, scripts } = z
  .object({ engines: z.object({ node: z.string() }), scripts: z.object({ start: z.string() }) })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));

describe('the Dockerfile', () => {
  const stages = readDockerfile(read('Dockerfile'));
  const last = stages.at(-1);

  it('builds in stages on one slim image of a Node that is supported', () => {
    expect(stages).toHaveLength(3);
    expect(new Set(stages.map(({ from }) => from)).size).toBe(1);
    const [, major] = /^node:(\d+)-[a-z]+-slim$/.exec(last?.from ?? '') ?? [];
    expect(engines.node).toMatch(new RegExp(`\\^${major}[. ]|\\^${major}$`));
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
    const [node, ...args] = execForm(textsOf(last, 'CMD')[0] ?? '');
    const file = args.at(-1) ?? '';
    expect(node).toBe('node');
    expect(existsSync(file.replace('dist/', 'src/').replace('.js', '.ts'))).toBe(true);
    expect(textsOf(last, 'STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(execForm(textsOf(last, 'HEALTHCHECK')[0] ?? '')[0]).toBe('node');
  });
});

describe('the permissions to import into the console', () => {
  it('are enough for every call and every event, and none is needed by nothing', () => {
    const file = z.object({ scopes: z.object({ tenant: z.array(z.string()), user: z.array(z.never()) }) });
    const { tenant } = file.parse(JSON.parse(read('feishu-app-scopes.json'))).scopes;
    const calls = Object.values(endpoints).flatMap((row): readonly (readonly string[])[] =>
      row.scopes.length === 0 ? [] : [row.scopes],
    );
    const groups = [...calls, ...eventScopeGroups()];
    for (const group of groups)
      expect(tenant).toEqual(expect.arrayContaining([expect.toBeOneOf([...group])]));
    for (const scope of tenant) expect(groups.flat()).toContain(scope);
    expect(tenant).toContain('im:chat.members:bot_access');
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
  mem_limit: z.string(),
  logging: z.object({ driver: z.literal('json-file'), options: z.record(z.string(), z.string()) }),
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
      expect(services[name]?.environment?.['REDIS_URL']).toMatch(
        /^redis:\/\/:\$\{REDIS_PASSWORD:-\}@redis:6379$/,
      );
    expect(services['bot']?.environment?.['REDIS_URL']).toBeUndefined();
    expect(services['bot']?.volumes).toEqual(['data:/data']);
  });

  it.each(Object.entries(services))('%s runs with as little as it needs', (_name, one) => {
    expect(one.read_only).toBe(true);
    expect(one.cap_drop).toEqual(['ALL']);
    expect(one.security_opt).toEqual(['no-new-privileges:true']);
    expect(one.restart).toBe('unless-stopped');
    expect(mebibytes(one.mem_limit)).toBeGreaterThan(0);
    expect(one.logging.options).toMatchObject({
      'max-size': expect.any(String),
      'max-file': expect.any(String),
    });
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
    const command = redis?.command?.join(' ');
    expect(command).toMatch(
      /--appendonly yes .*--maxmemory-policy noeviction .*--requirepass \$\{REDIS_PASSWORD:-\}/,
    );
    // Twice as much while its file is rewritten.
    expect(2 * mebibytes(/--maxmemory (\w+)/.exec(command ?? '')?.[1])).toBeLessThanOrEqual(
      mebibytes(redis?.mem_limit),
    );
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
    // A bot whose Redis or Feishu is away still answers clicks, which are never delivered again.
    expect(caddy).toContain('health_uri /healthz\n');
    expect((caddy.match(/\{/g) ?? []).length).toBe((caddy.match(/\}/g) ?? []).length);
  });
});

describe('compose.secrets.yaml', () => {
  const given = z.object({
    environment: z.record(z.string(), z.string()),
    secrets: z.array(z.string()),
  });
  const file = z.looseObject({
    services: z.record(z.string(), given),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  });
  const { services, secrets } = file.parse(yamlOf('compose.secrets.yaml')[0]);

  it('gives every bot every secret of Feishu as a file that is mounted', () => {
    expect(Object.keys(services)).toEqual(['bot', 'bot-a', 'bot-b']);
    const needed = variables
      .filter(({ secret, required }) => secret && required)
      .map(({ name }) => `${name}_FILE`);
    for (const { environment, secrets: mounted } of Object.values(services)) {
      expect(Object.keys(environment).sort()).toEqual(needed.sort());
      expect(Object.values(environment)).toEqual(mounted.map((name) => `/run/secrets/${name}`));
      expect(Object.keys(secrets)).toEqual(mounted);
    }
    for (const { file: path } of Object.values(secrets)) expect(path).toMatch(/^\.\/secrets\//);
    expect(readFileSync('.gitignore', 'utf8').split('\n')).toContain('/deploy/secrets/');
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
    // As the image and `npm start` do.
    const start = scripts.start.replace(' --env-file-if-exists=.env', '');
    expect(settings.get('ExecStart')).toBe(`/usr/bin/${start}`);
    const [command = ''] = textsOf(readDockerfile(read('Dockerfile')).at(-1), 'CMD');
    expect(execForm(command).join(' ')).toBe(start);
    expect(Number(settings.get('TimeoutStopSec'))).toBeGreaterThanOrEqual(10);
    expect(settings.get('Restart')).toBe('always');
  });

  it('says how the bot comes to where it starts, and that DATA_DIR is set here', () => {
    const said = lines.filter((line) => line.startsWith('#')).join('\n');
    for (const step of ['git clone', 'npm ci', 'npm run build', 'npm prune --omit=dev', 'Leave DATA_DIR out'])
      expect(said).toContain(step);
    expect(said).toContain(`cd ${settings.get('WorkingDirectory')}\n`);
    expect(said).toContain(`.env ${settings.get('EnvironmentFile')} `);
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

describe('operations.md', () => {
  const said = read('operations.md');

  it('has a command for every place where the bot is deployed, and for every tool', () => {
    const compose = yamlOf('compose.yaml')[0];
    const services = z.looseObject({ services: z.record(z.string(), z.unknown()) }).parse(compose).services;
    for (const [, name = ''] of said.matchAll(/exec (bot\S*) node/g))
      expect(Object.keys(services)).toContain(name);
    const unit = read('feishu-ticket-bot.service');
    for (const place of [
      '/opt/feishu-ticket-bot',
      '/var/lib/feishu-ticket-bot',
      '/etc/feishu-ticket-bot/env',
    ]) {
      expect(said).toContain(place);
      expect(unit).toContain(place);
    }
    for (const tool of ['doctor', 'jobs', 'backup']) {
      expect(said).toContain(`dist/${tool}.js`);
      expect(existsSync(`src/${tool}.ts`)).toBe(true);
    }
  });
});

describe('prometheus.yaml', () => {
  it('scrapes the bot under the name by which the alert rules know it, and loads them', () => {
    const { rule_files, scrape_configs } = z
      .object({
        rule_files: z.array(z.string()),
        scrape_configs: z.array(z.looseObject({ job_name: z.string() })),
      })
      .parse(yamlOf('prometheus.yaml')[0]);
    for (const file of rule_files) expect(existsSync(join('deploy', file))).toBe(true);
    const jobs = [...read('alerts.yaml').matchAll(/job="([^"]+)"/g)].map(([, job]) => job);
    expect(jobs.length).toBeGreaterThan(0);
    for (const job of jobs) expect(scrape_configs.map(({ job_name }) => job_name)).toContain(job);
    expect(read('alerts.yaml')).toContain('absent(up{job="feishu-ticket-bot"})');
  });
});
