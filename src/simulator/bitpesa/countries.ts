export const dialCodes: Readonly<Record<string, string>> = {
  NG: '234',
  GH: '233',
  UG: '256',
  KE: '254',
  TZ: '255',
  BJ: '229',
  BF: '226',
  CI: '225',
  SN: '221',
  TG: '228',
  CM: '237',
  GA: '241',
  GN: '224',
  ZA: '27',
  EG: '20',
  MA: '212',
};

export const mobileProviders: Readonly<Record<string, readonly string[]>> = {
  BJ: ['mtn', 'moov'],
  BF: ['moov', 'orange'],
  CI: ['moov', 'mtn', 'orange', 'wave'],
  SN: ['expresso', 'orange', 'free', 'wave'],
  TG: ['moov', 'tmoney'],
  CM: ['orange', 'mtn'],
  GA: ['airtel', 'moov'],
  GN: ['orange', 'mtn'],
  GH: ['airteltigo', 'mtn', 'vodafone'],
  UG: ['airtel', 'mtn'],
  KE: ['mpesa'],
};

/** Three characters for Nigeria, and the length of Egypt's and South Africa's, where the lists are not closed; the documented lists for the others. */
export const bankCodes: Readonly<Record<string, RegExp>> = {
  EGP: /^\d{4}$/,
  USD: /^\d{4}$/,
  ZAR: /^\d{6}$/,
  XOF: /^[A-Z]{2}\d{3}$/,
  XAF: /^\d{5}$/,
  NGN: /^[0-9A-Z]{3}$/,
  GHS: /^(0[1-9]|1[0-4]|1[7-9]|20|21|23|24|28|33|34|36|39)0100$/,
  KES: /^(0[1-367]|1[0124689]|23|25|31|35|43|5[013457]|6[13568]|68|70|72|7[4568])$/,
};
