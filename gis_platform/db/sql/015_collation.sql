-- Turkish order in which 2 comes before 10 and 5/A after 5: how people read door numbers.
CREATE COLLATION IF NOT EXISTS public.turkish_natural (provider = icu, locale = 'tr-u-kn-true');
