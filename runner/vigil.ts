import { flawOf, type Suspect } from './control-watch.ts';
import { type Exchange, isAccepted, isSilence, outcomeOf, statusOf } from './exchange.ts';
import type { Judge } from './judge.ts';

/** Rejections in a row after which the control is sent again; each costs a rebuild, so fewer where those are capped or slow. */
const controlInterval = { free: 12, onePool: 6, slow: 60, capped: 1000 };
/** Rejections that start something, after which no more of them are looked for. */
const enoughTraces = 3;
/** Milliseconds that one search may take. */
const longestSearch = 15_000;
/** Searches that found nothing, after which the target is taken for one that is busy by itself now and then. */
const mostFruitless = 3;

/** Sees to it that a valid request is accepted behind rejected ones, and finds the one behind which it is not. */
export class Vigil {
  readonly #judge: Judge;
  #fruitless = 0;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /**
   * Sends the control again once many requests were rejected since it was accepted. `soon`: do so after any rejection,
   * where rebuilds are cheap.
   */
  async keep(soon: boolean): Promise<void> {
    const { cost, watch, changesPools } = this.#judge;
    const usual = controlInterval[cost === 'free' && changesPools ? 'onePool' : cost];
    const needed = soon && cost === 'free' ? 1 : usual;
    if (watch.suspects.length < needed || this.#fruitless >= mostFruitless) return;
    await this.#judge.rest();
    const control = await this.#judge.control();
    if (control === undefined || isAccepted(control)) return;
    await this.investigate(control);
  }

  /** The control, or another valid request, was refused though nothing ought to have made it so. */
  async investigate(refused: Exchange): Promise<void> {
    const { session, watch } = this.#judge;
    const suspects = [...watch.suspects];
    const isDoubtful = refused.uncertain === true || suspects.some(({ judged }) => judged.uncertain);
    if (statusOf(refused) !== 409) await this.#judge.checkControl();
    watch.forget();
    if (isDoubtful || isSilence(refused.result) || session.isDisturbed(refused)) return;
    if (!this.#judge.goesBusy && (await this.#judge.learnsThatItGoesBusy())) return;
    const known = watch.traces.length;
    const deadline = Date.now() + longestSearch;
    // The latest first: what an earlier one started may have ended by now.
    for (const suspect of suspects.reverse()) {
      if (watch.traces.length >= enoughTraces || Date.now() > deadline) break;
      const first = await this.#traceOf(suspect);
      const trace = first === undefined ? undefined : await this.#traceOf(suspect);
      if (trace !== undefined) watch.traces.push({ flaw: flawOf(trace), judged: suspect.judged });
    }
    if (watch.traces.length === known) this.#fruitless += 1;
  }

  /** Sends a rejected request to a rested pool, and at once the control: how that is refused. */
  async #traceOf({ draft, judged }: Suspect): Promise<string | undefined> {
    const { session, watch } = this.#judge;
    const before = await this.#judge.acceptedControl();
    if (before === undefined || !isAccepted(before)) return undefined;
    await this.#judge.settleDown(2);
    const again = await this.#judge.settle(draft, judged.plays, { atOnce: true });
    if (!('judged' in again) || isAccepted(again.judged)) return undefined;
    const probe = await this.#judge.control();
    watch.forget();
    if (probe === undefined || isAccepted(probe) || probe.uncertain || session.isDisturbed(probe)) return undefined;
    return outcomeOf(probe);
  }
}
