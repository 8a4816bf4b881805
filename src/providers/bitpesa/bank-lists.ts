/**
 * Banks of `NGN::Bank`, `GHS::Bank`, `EGP::Bank` and `ZAR::Bank` as BitPesa's guide lists them: `_includes/corridors/<currency>-bank.md` of
 * transferzero/api-documentation, commit aee8571 of 7 November 2025 (docs/providers/bitpesa.md, section 10). One bank a line, its code in front.
 */
export const PRINTED_BANKS: Readonly<Record<'NGN' | 'GHS' | 'EGP' | 'ZAR', string>> = {
  NGN: `
    011 First Bank of Nigeria
    023 Citi Bank Group
    032 Union Bank
    033 United Bank for Africa (UBA)
    035 Wema Bank
    039 Stanbic IBTC Bank
    044 Access Bank
    050 Ecobank
    057 Zenith International
    058 Guaranty Trust Bank (GTBank)
    068 Standard Chartered Bank
    070 Fidelity Bank
    076 Polaris Bank
    082 Keystone Bank
    084 Enterprise Bank
    100 Suntrust Bank
    101 Providus Bank
    102 Titan Trust Bank
    103 Globus Bank
    104 Parallex Bank
    105 Optimus Bank
    107 Premium Trust Bank
    214 FCMB Bank
    215 Unity Bank
    232 Sterling Bank
    301 Jaiz Bank
    302 Taj Bank
    303 Lotus Bank
    305 Opay
    326 Go Money
    565 Carbon / One Finance
    566 VFD Microfinance Bank
    602 Accion Microfinance Bank
    608 Fina Trust Microfinance Bank
    611 Kuda Microfinance Bank
    993 Moniepoint Microfinance Bank
    A56 Mutual Trust Microfinance Bank
    B16 AB Microfinance Bank
    B18 Lovonus Microfinance Bank
    B23 Lapo Microfinance Bank
    B54 Palmpay
    B57 Sparkle Microfinance Bank
    B97 9 Payment Service Bank
    C12 Hope PSBank
    D50 Prospa Capital Microfinance Bank (formerly Goodnews)
    D86 Moneymaster Payment Service Bank
    E30 Fairmoney Microfinance Bank LTD`,
  GHS: `
    010100 Bank of Ghana
    020100 Standard Chartered Bank
    030100 ABSA Ghana Bank (formerly Barclays)
    040100 GCB Bank
    050100 National Investment Bank
    060100 United Bank for Africa (UBA)
    070100 Apex Bank
    080100 Agricultural Development Bank
    090100 Societe Generale Ghana
    100100 Universal Merchant Bank
    110100 Republic HFC Bank
    120100 Zenith Bank
    130100 Ecobank
    140100 CAL Bank
    170100 First Atlantic Bank
    180100 Prudential Bank
    190100 Stanbic Bank
    200100 First Bank Nigeria
    210100 Bank of Africa
    230100 Guaranty Trust Bank (GTBank)
    240100 Fidelity Bank
    280100 Access Bank
    330100 First National Bank
    340100 Consolidated Bank Ghana
    360100 OmniBSIC
    390100 GHL Bank`,
  EGP: `
    0002 Banque Misr
    0003 National Bank of Egypt
    0004 Banque du Caire
    0005 Bank of Alexandria
    0007 Egyptian Arab Land Bank
    0008 Industrial Development Bank of Egypt
    0009 Principal Bank for Development and Agriculture
    0010 Commercial International Bank
    0013 BLOM Bank Egypt
    0014 Emirates National Bank of Dubai
    0017 Suez Canal Bank
    0018 Al Ahli Bank of Kuwait - Egypt S.A.E
    0019 First Abu Dhabi Bank (formerly National Bank of Abu Dhabi)
    0020 Ahly United Bank
    0022 Al Baraka Bank Egypt
    0023 National Bank of Kuwait-Egypt
    0025 HSBC
    0027 Abu Dhabi Commercial Bank Egypt
    0029 Egyptian Gulf Bank
    0030 Abu Dhabi Islamic Bank
    0031 United Bank
    0033 Misr Iran Development Bank
    0034 Attijariwafa Bank - Egypt S.A.E
    0035 Societe Arabe Internationale de Banque
    0036 Credit Agricole Egypt
    0037 Qatar National Bank Alahli
    0038 Housing and Development Bank
    0040 Arab Banking Corporation
    0043 Citibank
    0044 Arab Bank
    0046 Mashreq Bank
    0048 National Bank of Greece
    0056 Arab International Bank
    0057 Arab African International Bank
    0058 Arab Investment Bank
    0059 Faisal Islamic Bank of Egypt
    0061 Export Development Bank of Egypt
    9002 Egypt Post`,
  ZAR: `
    051001 Standard Bank
    198765 Nedbank
    201419 FirstRand Bank
    250655 First National Bank (FNB)
    261251 Rand Merchant Bank
    350005 Citibank
    362000 ICICI Bank
    400001 PEP Bank
    410506 Access Bank
    430000 African Bank
    431010 Ubank
    432000 JP Morgan Bank
    450105 Capitec Business
    460005 SA Post Office
    462005 Bidvest Bank
    470010 Capitec Bank
    570100 HBZ Bank
    580105 Investec
    584000 Grindrod Bank
    585001 Olympus Mobile
    586666 China Construction Bank
    587000 HSBC Bank
    588000 VBS
    589000 Finbond Mutual Bank
    632005 ABSA
    678910 Tyme Bank
    679000 Discovery Bank
    683000 Sasfin Bank
    686000 Bank of China
    688000 BNP Paribas
    700066 Habib Overseas Bank
    720026 Peoples Bank
    730020 Standard Chartered Bank
    760005 Permanent Bank
    790005 Unibank
    800000 Albaraka Bank
    801000 State Bank of India
    888000 Bank Zero
    980172 Reserve Bank`,
};
