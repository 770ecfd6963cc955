"""What other systems call a lead's columns, in exports and in their own fields."""

from __future__ import annotations

import re

PAST = ("stage", "owner", "mql_at", "sql_at", "won_at", "lost_at", "disqualified_at", "reason", "amount")
"""Columns of an import beyond those of a submission; `currency` counts for `amount`."""
OTHERS = (
    "currency",
    "consent",
    "consent_basis",
    "consent_purposes",
    "consent_at",
    "consent_text_version",
    "opted_out",
)

# Labels and internal names of HubSpot's contact properties:
# https://knowledge.hubspot.com/properties/hubspots-default-contact-properties
HUBSPOT = {
    "external_id": ("Record ID", "Record ID - Contact", "Contact ID", "hs_object_id", "vid"),
    "first_name": ("First Name", "firstname"),
    "last_name": ("Last Name", "lastname"),
    "email": ("Email", "Work email", "hs_additional_emails_primary"),
    "phone": ("Phone Number", "phone", "Mobile Phone Number", "mobilephone"),
    "company": ("Company Name", "company", "Primary Associated Company Name", "Associated Company"),
    "title": ("Job Title", "jobtitle"),
    "employees": ("Number of Employees", "numemployees", "Company size", "company_size"),
    "industry": ("Industry", "industry"),
    "country": ("Country/Region", "Country", "Country/Region Code", "hs_country_region_code"),
    "website": ("Website URL", "website"),
    "source": (
        "Original Traffic Source",
        "Original Source",
        "Original Source Type",
        "hs_analytics_source",
        "Record source",
    ),
    "campaign": (
        "Original Traffic Source Drill-Down 1",
        "Original Source Drill-Down 1",
        "hs_analytics_source_data_1",
    ),
    "message": ("Message", "message"),
    "occurred_at": ("Create Date", "createdate", "Became a Lead Date", "hs_lifecyclestage_lead_date"),
    "stage": ("Lifecycle Stage", "lifecyclestage"),
    "owner": ("Contact owner", "HubSpot owner", "hubspot_owner_id"),
    "mql_at": (
        "Became a Marketing Qualified Lead Date",
        "hs_lifecyclestage_marketingqualifiedlead_date",
        "hs_v2_date_entered_marketingqualifiedlead",
        'Date entered "Marketing Qualified Lead (Lifecycle Stage Pipeline)"',
    ),
    "sql_at": (
        "Became a Sales Qualified Lead Date",
        "hs_lifecyclestage_salesqualifiedlead_date",
        "hs_v2_date_entered_salesqualifiedlead",
        'Date entered "Sales Qualified Lead (Lifecycle Stage Pipeline)"',
    ),
    "won_at": (
        "Became a Customer Date",
        "hs_lifecyclestage_customer_date",
        "hs_v2_date_entered_customer",
        'Date entered "Customer (Lifecycle Stage Pipeline)"',
    ),
    "amount": ("Recent Deal Amount", "recent_deal_amount", "Total Revenue", "total_revenue"),
    "consent_basis": ("Legal basis for processing contact's data", "hs_legal_basis"),
    "opted_out": ("Unsubscribed from all email", "Opted out of all email", "hs_email_optout"),
}
# Labels and field names of Salesforce's Lead object:
# https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm
SALESFORCE = {
    "external_id": ("Lead ID", "LeadId", "Id"),
    "first_name": ("First Name", "FirstName"),
    "last_name": ("Last Name", "LastName"),
    "name": ("Name", "Full Name"),
    "email": ("Email",),
    "phone": ("Phone", "Business Phone", "Mobile", "MobilePhone"),
    "company": ("Company", "Company / Account", "Account Name"),
    "title": ("Title",),
    "employees": ("No. of Employees", "Employees", "NumberOfEmployees"),
    "industry": ("Industry",),
    "country": ("Country", "CountryCode", "Country Code"),
    "website": ("Website",),
    "source": ("Lead Source", "LeadSource"),
    "campaign": ("Campaign Name", "Primary Campaign Source"),
    "message": ("Description",),
    "occurred_at": ("Created Date", "CreatedDate", "Create Date"),
    "stage": ("Lead Status", "Status", "Stage"),
    "owner": ("Lead Owner", "Owner", "OwnerId", "Lead Owner Alias"),
    "sql_at": ("Converted Date", "ConvertedDate"),
    "won_at": ("Close Date", "CloseDate"),
    "amount": ("Amount", "Opportunity Amount"),
    "currency": ("Lead Currency", "Amount Currency", "CurrencyIsoCode"),
    "reason": ("Loss Reason", "Reason Lost", "Unqualified Reason"),
    "opted_out": ("Email Opt Out", "HasOptedOutOfEmail"),
}

STAGES = {
    "lead": "lead", "subscriber": "lead", "new": "lead", "open": "lead", "open_not_contacted": "lead",
    "mql": "mql", "marketing_qualified_lead": "mql", "marketingqualifiedlead": "mql",
    "working": "mql", "working_contacted": "mql", "contacted": "mql",
    "sql": "sql", "prospect": "sql", "sales_qualified_lead": "sql", "salesqualifiedlead": "sql",
    "opportunity": "sql", "qualified": "sql", "closed_converted": "sql",
    "customer": "customer", "evangelist": "customer", "won": "customer", "closed_won": "customer",
    "lost": "lost", "closed_lost": "lost",
    "nurture": "nurture", "nurturing": "nurture",
    "disqualified": "disqualified", "unqualified": "disqualified", "closed_not_converted": "disqualified",
}  # fmt: skip
"""Stages by the words of Greenlight, HubSpot's lifecycle and Salesforce's lead status."""


def plain(name: str) -> str:
    """A name without case, spaces, underscores or signs: `Job Title`, `job_title` and `jobTitle` are one."""
    return re.sub(r"[\W_]+", "", name.casefold())


def plain_word(value: str) -> str:
    """A value as a code: `Closed - Not Converted` → `closed_not_converted`."""
    return re.sub(r"[\W_]+", "_", value.strip().casefold()).strip("_")
