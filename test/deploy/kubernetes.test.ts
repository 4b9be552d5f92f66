/** The Kubernetes manifests keep what they promise, as far as this can be read from them. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readConfig } from '../../src/config.ts';
import { variables } from '../../src/variables.ts';
import { mebibytes, names, read, yamlOf } from '../support/deployFiles.ts';

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

  it('name an image with a registry and a version, and say how it comes there', () => {
    const images = z
      .object({ images: z.array(z.object({ name: z.string(), newName: z.string(), newTag: z.string() })) })
      .parse(byKind('Kustomization')[0]).images;
    expect(images.map(({ name }) => name)).toEqual([pod?.containers[0]?.image]);
    const [image] = images;
    expect(image?.newName).toMatch(/^[\w.]+\.[a-z]+\/feishu-ticket-bot$/);
    const said = read('k8s/kustomization.yaml');
    expect(said).toContain(`docker push ${image?.newName}:${image?.newTag}`);
    expect(said.indexOf('namespace.yaml')).toBeLessThan(said.indexOf('kubectl apply -k deploy/k8s '));
    const first = read('k8s/secret.example.yaml');
    expect(first.indexOf('apply -f deploy/k8s/namespace.yaml')).toBeLessThan(first.indexOf('create secret'));
    expect(first.indexOf('apply -f deploy/k8s/namespace.yaml')).toBeGreaterThan(0);
  });

  it('have a Redis that asks for its password, and is started again when it hangs', () => {
    const redis = workloads.find(({ kind }) => kind === 'StatefulSet')?.spec.template.spec.containers[0];
    const args = z.array(z.string()).parse(redis?.['args']);
    expect(args.join(' ')).toContain('--requirepass $(REDISCLI_AUTH)');
    expect(2 * mebibytes(args[args.indexOf('--maxmemory') + 1])).toBeLessThanOrEqual(
      mebibytes(redis?.resources.limits.memory),
    );
    expect(redis?.livenessProbe).toBeDefined();
    const secret = z.looseObject({ stringData: z.record(z.string(), z.string()) });
    const secrets = byKind('Secret').map((one) => [
      one.metadata?.name,
      Object.keys(secret.parse(one).stringData),
    ]);
    expect(redis?.['env']).toMatchObject([
      { name: 'REDISCLI_AUTH', valueFrom: { secretKeyRef: { name: 'redis', key: 'password' } } },
    ]);
    expect(secrets).toContainEqual(['redis', ['password']]);
  });

  const folder = mkdtempSync(join(tmpdir(), 'k8s-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The ConfigMap as the bot reads it, with something in every file. */
  function environmentOf(data: Readonly<Record<string, string>>): Record<string, string> {
    const entries = Object.entries(data).map(([name, value]) => {
      if (!name.endsWith('_FILE')) return [name, value] as const;
      const file = join(folder, basename(value));
      writeFileSync(file, name.startsWith('REDIS') ? 'redis://:secret@redis:6379' : 'secret');
      return [name, file] as const;
    });
    return Object.fromEntries(entries);
  }
  const configData = (): Record<string, string> =>
    z.looseObject({ data: z.record(z.string(), z.string()) }).parse(byKind('ConfigMap')[0]).data;

  it('give the bot an environment that it accepts', () => {
    expect(readConfig(environmentOf(configData())).transport).toBe('webhook');
  });

  it('have an overlay for the long connection that it accepts too, without keys and without an ingress', () => {
    const overlay = z
      .object({
        resources: z.tuple([z.literal('../k8s')]),
        patches: z.array(z.object({ target: z.object({ kind: z.string() }).optional(), patch: z.string() })),
      })
      .parse(z.looseObject({}).parse(yamlOf('k8s-websocket/kustomization.yaml')[0]));
    const [config, ingress] = overlay.patches;
    const steps = z.array(
      z.object({ op: z.enum(['add', 'remove']), path: z.string(), value: z.string().optional() }),
    );
    const data = configData();
    for (const { op, path, value } of steps.parse(parse(config?.patch ?? ''))) {
      const name = path.replace('/data/', '');
      if (op === 'add') data[name] = value ?? '';
      else {
        expect(data).toHaveProperty(name);
        delete data[name];
      }
    }
    const { transport, webhook } = readConfig(environmentOf(data));
    expect({ transport, webhook }).toEqual({ transport: 'websocket', webhook: undefined });
    expect(parse(ingress?.patch ?? '')).toMatchObject({
      $patch: 'delete',
      kind: 'Ingress',
      metadata: { name: byKind('Ingress')[0]?.metadata?.name },
    });
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
    const example = byKind('Secret').find(({ metadata }) => metadata?.name === 'feishu-ticket-bot');
    const secret = z.looseObject({ stringData: z.record(z.string(), z.string()) }).parse(example);
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
