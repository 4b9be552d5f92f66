import { newCardToken } from '../ids.ts';
import { sizes } from '../rules.ts';

/**
 * Tokens of card callbacks: each may update the clicked card twice within 30 minutes, and only after the callback was answered.
 * https://open.feishu.cn/document/ukTMukTMukTM/uMDO1YjLzgTN24yM4UjN
 */
interface CardToken {
  readonly messageId: string;
  readonly expiresAtMs: number;
  usesLeft: number;
  /** False while the callback has no answer yet. */
  answered: boolean;
}

export interface CardTokens {
  issue(messageId: string): { readonly value: string; readonly token: CardToken };
  find(value: string): CardToken | undefined;
  clear(): void;
}

export function createCardTokens(now: () => number): CardTokens {
  const tokens = new Map<string, CardToken>();
  return {
    issue(messageId) {
      const value = newCardToken();
      const token: CardToken = {
        messageId,
        expiresAtMs: now() + sizes.cardTokenLifeMs,
        usesLeft: sizes.cardTokenUseCount,
        answered: false,
      };
      tokens.set(value, token);
      return { value, token };
    },
    find: (value) => tokens.get(value),
    clear: () => tokens.clear(),
  };
}
