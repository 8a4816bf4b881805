import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { approvalCases } from './cases/approvals.ts';
import { amendmentCases } from './cases/amendment.ts';
import { brakeCases } from './cases/brakes.ts';
import { budgetCases } from './cases/budgets.ts';
import { callbackCases } from './cases/callbacks.ts';
import { copyCases } from './cases/copies.ts';
import { earlierDestinationCases } from './cases/earlier-destinations.ts';
import { identityCases } from './cases/identity.ts';
import { decisionCases } from './cases/decisions.ts';
import { recoveryCases } from './cases/recoveries.ts';
import { foreignCallbackCases } from './cases/foreign-callbacks.ts';
import { contradictionCases } from './cases/contradictions.ts';
import { payrollCases } from './cases/payrolls.ts';
import { placeCases } from './cases/places.ts';
import { accountLockCases, processCases } from './cases/processes.ts';
import { readingCases } from './cases/reading.ts';
import { registrationCases } from './cases/registration.ts';
import { replacementCases } from './cases/replacements.ts';
import { seriesCases } from './cases/series.ts';
import { stopCases } from './cases/stops.ts';
import { statusReportCases } from './cases/status-reports.ts';
import { attemptCases } from './cases/attempts.ts';
import type { LedgerStore } from './store.ts';

/** What a group of cases works with: a fresh, open ledger in its own place for each test. */
export interface Bench {
  readonly store: LedgerStore;
  readonly place: () => string;
  readonly ledger: () => Ledger;
}

/** The promises of the ledger port, as every store has to keep them. */
export function ledgerConformance(name: string, store: LedgerStore): void {
  describe(`the ${name} ledger`, () => {
    let place = '';
    let ledger: Ledger | null = null;
    beforeEach(async () => {
      place = store.place();
      ledger = await store.open(place);
    });
    afterEach(async () => {
      await ledger?.close();
      store.discard();
    });
    const bench: Bench = {
      store,
      place: () => place,
      ledger: () => {
        expect(ledger).not.toBeNull();
        return ledger as Ledger;
      },
    };
    it('starts empty', async () => {
      expect(await bench.ledger().batches()).toEqual([]);
      expect(await bench.ledger().batch('november')).toBeNull();
      expect(await bench.ledger().unpaidBatches()).toEqual(new Map());
    });
    approvalCases(bench);
    copyCases(bench);
    earlierDestinationCases(bench);
    payrollCases(bench);
    identityCases(bench);
    registrationCases(bench);
    readingCases(bench);
    attemptCases(bench);
    amendmentCases(bench);
    decisionCases(bench);
    seriesCases(bench);
    stopCases(bench);
    brakeCases(bench);
    replacementCases(bench);
    recoveryCases(bench);
    budgetCases(bench);
    statusReportCases(bench);
    contradictionCases(bench);
    callbackCases(bench);
    foreignCallbackCases(bench);
    accountLockCases(bench);
    placeCases(bench);
    if (store.module !== null) processCases(bench, store.module);
  });
}
