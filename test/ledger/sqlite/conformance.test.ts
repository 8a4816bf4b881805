import { ledgerConformance } from '../conformance.ts';
import { store } from './store.ts';

ledgerConformance('SQLite', store);
