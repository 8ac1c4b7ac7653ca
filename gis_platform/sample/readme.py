"""The README of a sample, Turkish and English."""

_TEXT = """\
ÖRNEK TESLİMAT / SAMPLE DELIVERY
================================
{doors:,} kapı / doors · tohum / seed {seed} · {rows:,} AKS satırı / rows

Uydurma bir ilçe: mahalle adları ve kodları gerçek, geri kalan her şey (sınırlar, csbm, kapılar,
yapılar, numaralar, kişiler) uydurmadır. Aynı kapı sayısı ve tohum aynı içeriği verir.
An invented district: names and codes of the mahalle are real, all the rest (boundaries, csbm,
doors, buildings, numbers, persons) is invented. The same doors and seed give the same content.

maks.gdb, maks.gpkg, maks_shp/*.zip
    MAKS tabloları, EPSG:5254. Shapefile adları 10 harfe kısalır, tarihler metindir.
    The MAKS tables in EPSG:5254. Shapefiles cut names to 10 characters and keep dates as text.
aks.csv (UTF-8, virgül/comma), aks_cp1254.csv (cp1254, ;){xlsx}
    AKS metni: her satır bir bağımsız bölüm. / The AKS text: each row is one unit.
    On satırda bir yalnız Açık Adres doludur. / One row in ten has only Açık Adres.
csbm_renamed.csv
    Adı değişen csbm. / csbm whose name has changed.
layers/park.geojson, layers/park.toml
    Kendi katmanınıza örnek: bir dosya ve tanımı. / An example of a layer of one's own: a file and
    its description. GIS_PUBLICATION__LAYERS_DIR=…/layers gis layer propose park
gazetteer/
    Referans dosyaları, ``gis match … --gazetteer`` için; aliases.csv eski adlardır. / Reference
    files for ``gis match``; aliases.csv holds the old names.
truth/aks_truth.csv
    Doğru cevaplar / the right answers. expected:
      kapi      bu kapı / this door (numarataj_kimlik_no)
      csbm      kapı kayıtta yok; kapı cevabı yanlıştır, csbm ya da interpolasyon doğrudur
                the door is not in the reference: a door is wrong, csbm or interpolasyon right
      none      csbm kayıtta (ya da metinde) yok; csbm ve kapı cevabı yanlıştır
                the csbm is not in the reference (or the text): csbm and door are wrong
      rejected  hatalı satır; kinds nedenini söyler / faulty row; kinds says why
    expected_text: yalnız Açık Adres okunursa / the same where only Açık Adres is read
truth/violations.csv
    Kontrollerin bulması gerekenler: planted = konulmuş, mutlaka bulunmalı; follows = bunun sonucu,
    bulunabilir. Listede olmayan bir bulgu yanlış alarmdır: geri kalan her kayıt kurallara uyar.
    What controls have to find: planted must be found, follows may be. A finding that is not
    listed is a false alarm: everything else keeps the rules. Bilgi veren kurallar listelenmez /
    rules that only inform are not listed: R-NUM-10 (boş parsel / empty plots), R-SP-13 (henüz
    bölümü olmayan kapı / doors without units yet), M-03 (doğrulanmamış kod listesi / code lists
    not confirmed).

Kurallar / the rules it was made by
    Sayısallaştırma yönü numaraların arttığı yöndür; solda tek, sağda çift. Meydanda numaralar saat
    yönünde artar ve yönlerin TUR alanı boştur; küme evlerde de boştur. Boş parseller numaralarını
    korur. Site kapısının (TIP 3) yapısı yoktur; bloklar onun numarasına harf alır.
    Lines are digitised in the direction in which numbers ascend; odd left, even right. Around a
    meydan numbers ascend clockwise and TUR of its sides is empty; so it is in küme evler. Empty
    plots keep their numbers. The gate of a site (TIP 3) has no building; its blocks take its
    number with a letter. TIP 1: main door, 2: further door (codes of the sample only).
"""

_XLSX = ", aks.xlsx"
_NO_XLSX = "\n    (aks.xlsx yazılmadı: 200.000 satırı aşıyor / not written: more than 200,000 rows)"


def readme(*, doors: int, seed: int, rows: int, has_xlsx: bool) -> str:
    """What is in the folder and by which rules it was made."""
    return _TEXT.format(doors=doors, seed=seed, rows=rows, xlsx=_XLSX if has_xlsx else _NO_XLSX)
