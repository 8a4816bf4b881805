// Written by `npm run generate`: every folder of src/providers is listed here.
import { SellapayService } from './sellapay/index.ts';
import { PesawayService } from './pesaway/index.ts';
import { BitpesaService } from './bitpesa/index.ts';
import { MpesaOpenapiService } from './mpesa-openapi/index.ts';
import { DarajaService } from './daraja/index.ts';
import type { ServiceOptions } from './kit/options.ts';
import type { Service } from './kit/service.ts';
import type { SimulatorName } from './names.ts';

/** The simulator of every provider. */
export const services: Readonly<Record<SimulatorName, (options: ServiceOptions) => Service>> = {
  sellapay: (options) => new SellapayService(options),
  pesaway: (options) => new PesawayService(options),
  bitpesa: (options) => new BitpesaService(options),
  'mpesa-openapi': (options) => new MpesaOpenapiService(options),
  daraja: (options) => new DarajaService(options),
};
