import type { Picture, PictureSource } from '../domain.ts';

export interface Images {
  /** What is known at once, from the cache: ready, deleted for good, or still to be loaded. In the order of `sources`. */
  known(sources: readonly PictureSource[]): Promise<readonly Picture[]>;
  /**
   * Fetches, checks and uploads what is missing. Yields the whole list after each change; the last one has nothing loading.
   * Never throws because of a picture: a failure is a picture's state.
   */
  load(sources: readonly PictureSource[]): AsyncIterable<readonly Picture[]>;
}
