import { ledgerConformance } from './conformance.ts';
import { store } from './sqlite-store.ts';

ledgerConformance('SQLite', store);
