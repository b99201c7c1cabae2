// The two lines to change before packaging: where your Northing is, and your organisation there (the last part of its address).
export const northing = "https://okr.example.org";
export const organisation = "REPLACE-WITH-YOUR-ORGANISATION";
