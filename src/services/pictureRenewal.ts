/** Finds out which pictures of a refused card are no good, and makes them again. */

import type { PictureSource } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import type { Log } from '../log.ts';
import { nameOf, type PictureCache } from './pictureCache.ts';
import { type Found, failureOf, type PictureCalls, type PictureWay, singleFlight } from './pictureWay.ts';

export interface RenewalDeps {
  readonly ownImage: PictureCalls['ownImage'];
  readonly cache: PictureCache;
  readonly way: PictureWay;
  readonly log: Log;
}

/** Sources of one key that are tried: all hold the same picture. */
const triedSourcesCount = 3;

/**
 * @returns a function from the keys of a refused card to those that must be replaced, each with its new key, or undefined when the picture
 * is lost. The function never rejects.
 *
 * Feishu does not say which picture it refuses, so each key is checked. When it says of all of them that they are there, none can be
 * trusted, and all are made again.
 */
export function createRenewal({ ownImage, cache, way, log }: RenewalDeps) {
  const flights = singleFlight<string | undefined>();

  /** One byte is asked for: that there are more is an answer too. */
  const isGone = async (imageKey: string): Promise<boolean> => {
    try {
      await ownImage(imageKey, { maxBytes: 1 });
      return false;
    } catch (error) {
      return error instanceof FeishuError && ['deleted', 'forbidden', 'invalid'].includes(error.kind);
    }
  };

  const fetchAgain = async (oldKey: string, source: PictureSource): Promise<Found> => {
    try {
      return await way(source, 'person', oldKey);
    } catch (error) {
      const reason = failureOf(error);
      if (reason === 'deleted') await cache.keepDeleted(source);
      return { reason };
    }
  };

  /** @returns undefined when it can be had from nowhere */
  const remake = async (oldKey: string): Promise<string | undefined> => {
    const sources = await cache.sourcesOf(oldKey);
    for (const source of sources.slice(0, triedSourcesCount)) {
      const found = await fetchAgain(oldKey, source);
      if (!('imageKey' in found)) continue;
      const { imageKey } = found;
      for (const one of sources) cache.keepSource(one, imageKey);
      await cache.keepReplacement(oldKey, imageKey);
      return imageKey;
    }
    log.warn(
      { imageKey: oldKey, sources: sources.map(nameOf) },
      'a picture that was refused cannot be made again',
    );
    return undefined;
  };

  const renewSuspect = (imageKey: string): Promise<string | undefined> =>
    flights(imageKey, 'person', () => remake(imageKey));
  const renewGone = async (imageKey: string): Promise<string | undefined> => {
    const renewed = await renewSuspect(imageKey);
    if (renewed === undefined) await cache.forget(imageKey);
    return renewed;
  };

  return async (imageKeys: readonly string[]): Promise<ReadonlyMap<string, string | undefined>> => {
    const keys = [...new Set(imageKeys)];
    const replaced = await cache.replacements(keys);
    const known = keys.map((key, index) => [key, replaced[index]] as const).filter(([, other]) => other);
    const checked = await Promise.all(
      keys.map(async (key, index) => (!replaced[index] && (await isGone(key)) ? [key] : [])),
    );
    const gone = checked.flat();
    if (known.length + gone.length > 0) return new Map([...known, ...(await forEach(gone, renewGone))]);
    const remade = await forEach(keys, renewSuspect);
    return new Map(remade.filter(([, imageKey]) => imageKey !== undefined));
  };
}

function forEach<T>(
  keys: readonly string[],
  work: (key: string) => Promise<T>,
): Promise<(readonly [string, T])[]> {
  return Promise.all(keys.map(async (key) => [key, await work(key)] as const));
}
