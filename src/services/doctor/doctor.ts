/** The self-check: everything that the bot needs from outside, tried out. For `/doctor` and `npm run doctor`. */

import type { Finding } from '../../domain.ts';
import { FeishuError } from '../../errors.ts';
import { blamer } from './blame.ts';
import { type DoctorDeps, type DoctorOptions, doctorChecks } from './checks.ts';
import { type Blame, examine, type Verdict } from './examine.ts';
import { permissionOf } from './permissions.ts';
import { words } from './words.ts';

export interface Doctor {
  /**
   * Looks at everything by really calling it, which takes some seconds and about fifteen calls. Never throws.
   * @param asked the chat of `/doctor`: that it came, and that its card is there, proves two things
   */
  examine(options: DoctorOptions & { readonly asked?: boolean }): Promise<readonly Finding[]>;
}

/** https://feishu.cn/helpdesk/admin : the id and token of a helpdesk are shown there, and to its owner only. */
const helpdeskAdmin = 'https://feishu.cn/helpdesk/admin';

export function createDoctor(deps: DoctorDeps): Doctor {
  const general = blamer(deps.console, helpdeskAdmin);
  // A missing permission breaks every call that needs it; the line of the permission says so, once.
  const blame: Blame = (error, check) => {
    const blamed = general(error, check);
    const permission =
      error instanceof FeishuError && error.kind === 'scope' ? permissionOf(error.endpoint) : undefined;
    return permission === undefined ? blamed : { ...blamed, check: permission };
  };
  return {
    async examine({ asked = false, ...options }) {
      const findings = await examine(doctorChecks(deps, options), { clock: deps.clock, blame });
      return asked ? findings.map((finding) => ({ ...finding, ...proven[finding.check] })) : findings;
    },
  };
}

/** What a command that came from a chat and is answered there shows by itself. */
const proven: Readonly<Record<string, Verdict>> = {
  events: { state: 'pass', what: words.thisQuestion, remedy: undefined, link: undefined },
  card: { state: 'pass', what: words.thisCard },
};
