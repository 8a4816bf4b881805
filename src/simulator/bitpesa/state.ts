import { BitpesaBalances } from './balances.ts';
import { readSimulatedBitpesaBitpesaSettings, type BitpesaSimulatorSettings } from './settings.ts';
import { BitpesaLifecycle, type BitpesaLifecycleContext } from './lifecycle.ts';
import { senderJson, BitpesaSenders, type BitpesaSender } from './senders.ts';
import { BitpesaTransactions } from './transaction-store.ts';
import { BitpesaWebhooks } from './callbacks.ts';
import { Book } from '../kit/book.ts';
import type { Credential, ServiceOptions } from '../kit/options.ts';

/** Everything that the routes share. */
export interface BitpesaState extends BitpesaLifecycleContext {
  readonly options: ServiceOptions;
  readonly senders: BitpesaSenders;
  readonly transactions: BitpesaTransactions;
  readonly lifecycle: BitpesaLifecycle;
}

export function bitpesaState(options: ServiceOptions, credentialOf: (payer: string) => Credential): BitpesaState {
  const settings = readSimulatedBitpesaBitpesaSettings(options.settings);
  const { runtime, magic, balanceMinor } = options;
  const book = new Book(balanceMinor, options.bookFile);
  const balances = new BitpesaBalances(balanceMinor, book.entries());
  const webhooks = new BitpesaWebhooks(runtime, settings, credentialOf);
  const context = { settings, magic, runtime, book, balances, webhooks };
  const transactions = new BitpesaTransactions(book.entries());
  const lifecycle = new BitpesaLifecycle(context);
  const random = (): number => runtime.random();
  const sendEvent = (sender: BitpesaSender, event: 'sender.created' | 'sender.approved'): void =>
    void webhooks.announce(sender.payer, { event, object: senderJson(sender) });
  const clear = (sender: BitpesaSender): void => {
    if (sender.state === 'initial') sender.state = 'approved';
    sendEvent(sender, 'sender.approved');
    for (const transaction of transactions.list(sender.payer))
      if (transaction.sender === sender) lifecycle.approve(transaction);
  };
  const senders = new BitpesaSenders(settings, random, (sender) => {
    sendEvent(sender, 'sender.created');
    if (sender.state === 'approved') sendEvent(sender, 'sender.approved');
    else if (!settings.kycWaived) runtime.after(settings.senderApprovalMs, () => clear(sender));
  });
  return { options, ...context, senders, transactions, lifecycle };
}

/** Whether a transaction of this sender can be funded: always under the waiver, else when the sender is approved. */
export function isCleared(sender: BitpesaSender | null, { kycWaived }: BitpesaSimulatorSettings): boolean {
  return kycWaived || sender?.state === 'approved';
}
