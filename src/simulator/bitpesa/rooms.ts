import { Balances } from './balances.ts';
import { readBitpesaSettings, type BitpesaSimulatorSettings } from './settings.ts';
import { Lifecycle, type Surroundings } from './lifecycle.ts';
import { senderJson, Senders, type Sender } from './senders.ts';
import { Transactions } from './store.ts';
import { Webhooks } from './webhooks.ts';
import { Book } from '../kit/book.ts';
import type { Credential, ServiceOptions } from '../kit/options.ts';

/** What the routes share. */
export interface Rooms extends Surroundings {
  readonly options: ServiceOptions;
  readonly senders: Senders;
  readonly transactions: Transactions;
  readonly lifecycle: Lifecycle;
}

export function bitpesaRooms(options: ServiceOptions, credentialOf: (payer: string) => Credential): Rooms {
  const settings = readBitpesaSettings(options.settings);
  const { world, magicValues, balanceMinor } = options;
  const book = new Book(balanceMinor, options.bookFile);
  const balances = new Balances(balanceMinor, book.entries());
  const webhooks = new Webhooks(world, settings, credentialOf);
  const around = { settings, magicValues, world, book, balances, webhooks };
  const transactions = new Transactions(book.entries());
  const lifecycle = new Lifecycle(around);
  const tell = (sender: Sender, event: 'sender.created' | 'sender.approved'): void =>
    void webhooks.announce(sender.payer, { event, object: senderJson(sender) });
  const clear = (sender: Sender): void => {
    if (sender.state === 'initial') sender.state = 'approved';
    tell(sender, 'sender.approved');
    for (const held of transactions.list(sender.payer)) if (held.sender === sender) lifecycle.approve(held);
  };
  const senders = new Senders(settings, (sender) => {
    tell(sender, 'sender.created');
    if (sender.state === 'approved') tell(sender, 'sender.approved');
    else if (!settings.kycWaived) world.after(settings.senderApprovalMs, () => clear(sender));
  });
  return { options, ...around, senders, transactions, lifecycle };
}

/** Whether a transaction of this sender can be funded: the waiver counts, whatever state the sender shows. */
export function isCleared(sender: Sender | null, { kycWaived }: BitpesaSimulatorSettings): boolean {
  return kycWaived || sender?.state === 'approved';
}
