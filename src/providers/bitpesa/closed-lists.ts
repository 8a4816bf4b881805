/**
 * Keys that BitPesa takes for a field, as its specification of July 2026 has them (`PayoutMethodTransferReasonEnum`, `PayoutMethodNatureOfBusinessEnum`,
 * `PayoutMethodLegalEntityTypeEnum`). The guide of November 2025 prints the same but for the keys of South Africa without a mandate, from `own_account`
 * on. The vendor's misspellings are part of the keys.
 */
export const TRANSFER_REASONS: ReadonlySet<string> = keys(`
  personal_account donations_and_gifts third_party_person_account mortgage_repayments business_travel_payments
  personal_travel_payments tuition_fees financial_commission_fees financial_services_proceeds
  individual_property_investments other_investments corporate_property_investments immigrants_capital_payments
  legal_services accounting_services consulting_services public_relation_services ads_and_market_research_services
  managerial_services medical_and_dental_services educational_services operational_leasing
  cultural_and_recreational_services salary_resident_out_country salary_non_resident_in_country
  salary_contract_worker_in_country social_security_schemes charities_and_religious_bodies
  donations_and_aid_to_government donations_and_aid_to_private pensions annuities inheritances alimony tax_income
  tax_vat_refunds tax_other non_life_insurance_premiums life_insurance_premiums dividends branch_profits
  commision_or_brokerage rental individual_investment_income_from_abroad shares_sale bonds_sale
  money_market_instruments_sale funds_repatriation_of_foreign_bank_account
  mutual_funds_sale_or_collective_investment overseas_property_sale sale_and_repatriation_of_other_investment
  repatriation_south_african_reserve_bank_instruction resident_loan_from_non_resident_share_holder
  resident_loan_from_non_resident_third_party resident_loan_repayment_from_overseas_living_south_african
  study_loan_repayment shareholders_loan_repayment third_party_loan_repayment trade_finance_loan_repayment
  research_and_development_proceeds research_and_development_funding machinary_and_equipment_repairs
  architectural_engineering_technical_services agrigultural_mining_waste_depollution_services construction_services
  telecommunication_services data_news_agency_fees road_passenger_services rail_passenger_services
  sea_passenger_services air_passenger_services road_freight_services rail_freight_services sea_freight_services
  air_freight_services road_postal_and_courier_services rail_postal_and_courier_services
  sea_postal_and_courier_services air_postal_and_courier_services listed_shares_investment
  non_listed_shares_investment money_market_instruments_investment listed_bonds_investment
  non_listed_bonds_investment reproduce_distribute_rights_license patents_and_investions_rights_license
  patterns_and_designs_rights copyrights_rights franchises_and_trademarks_rights patents_and_inventions_disposal
  patterns_and_designs_disposal copyrights_disposal franchises_and_trademarks_disposal
  sales_of_manuscripts_sound_recordings_films funds_related_to_recording_productions software_ownership_rights_sale
  computer_services customised_software_sales non_customised_software_on_physical_media_periodic_licence_sale
  non_customised_software_on_pyisical_media_perpetual_use_sale
  non_customised_software_for_downloading_electronically_made_periodic_licence_sale
  non_customised_software_for_downloading_electronically_made_single_payment_sale
  fixed_assets_donations_to_sa_government fixed_assets_donations_to_corporate_entities
  property_disinvestment_by_corporate_entity_resident other_business_services institutional_investor_disinvestment
  government_services own_account donations_gifts family_support mortgage_repayment business_travel personal_travel
  management_consulting advertising_market_research cultural_recreational salary_resident_abroad
  salary_non_resident_in_sa salary_foreign_contract_in_sa commission_brokerage investment_income
  architectural_engineering`);

export const NATURES_OF_BUSINESS: ReadonlySet<string> = keys(`
  personal agriculture_and_hunting forestry fishing agricultural_by_products coal_mining oil_mining iron_ore_mining
  other_metal_and_diamond_mining other_mineral_mining manufacturing_of_food_drink_tobacco
  manufacturing_of_textiles_leather_fur_furniture manufacture_of_wooden_products_furniture
  manufacture_of_paper_pulp_allied_products manufacture_of_chemicals_medical_petroleum_rubber_plastic_products
  manufacture_of_pottery_china_glass_stone manufacture_of_iron_steel_non_ferrous_metals_basic_industries
  manufacture_of_metal_products_electrical_and_scientific_engineering
  manufacture_of_jewelry_musical_instruments_toys electricity_gas_and_water construction wholesale_trade
  retail_trade catering_incl_hotels transport_storage communications finance_and_holding_companies insurance
  business_services real_estate_development_investment central_state_governments
  community_services_defence_police_prisons_etc social_services_education_health_care
  personal_services_leisure_services personal_services_domestic_laundry_repairs
  personal_services_embassies_international_organisations`);

export const LEGAL_ENTITY_TYPES: readonly string[] = [
  'person',
  'sole_proprietorship',
  'privately_owned_company',
  'publicly_owned_company',
  'government_owned_entity',
  'partnership',
  'go',
  'financial_institution',
];

/**
 * What a message about a key that is in no list says in its place: those that have a word of it in them, at most three, or '' where none has.
 * `salary payment` → `salary_resident_out_country, salary_non_resident_in_country, …`.
 */
export function similarKeys(text: string, known: ReadonlySet<string>): string {
  const words = text.toLowerCase().match(/[a-z]{4,}/g) ?? [];
  const found = [...known].filter((key) => words.some((word) => key.includes(word)));
  return found.slice(0, 3).join(', ') + (found.length > 3 ? ', …' : '');
}

function keys(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
