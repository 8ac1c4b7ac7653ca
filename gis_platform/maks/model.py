"""The layers of MAKS and their columns, as real deliveries have them (maks.md §1).

One definition serves the sample, the importer, the tables, the controls and publication. Our
column names are the official ones in snake case; ``official`` is the name in a File Geodatabase,
``short`` the one a shapefile cuts to ten characters.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from gis_platform.core.errors import Text
from gis_platform.core.text import fold

ColumnType = Literal["text", "int", "long", "real", "timestamp", "guid"]
GeometryType = Literal["POINT", "LINESTRING", "POLYGON", "MULTIPOLYGON"]


@dataclass(frozen=True)
class Column:
    """One column of a MAKS layer.

    Attributes:
        name: name in code and in the register.
        official: name in a delivery (capitals, no underscore).
        kind: text, int, long, real, timestamp or guid (38 characters in braces).
        meaning: what it holds, Turkish and English.
        length: longest text, where known (maks.md §1.4).
        refers_to: layer whose ``id`` a guid points to.
        required: a feature without it cannot enter the register.
        personal: may hold personal data (KVKK); never published.
        aliases: other spellings met in real deliveries (maks.md §1.5).
    """

    name: str
    official: str
    kind: ColumnType
    meaning: Text
    length: int | None = None
    refers_to: str | None = None
    required: bool = False
    personal: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The name as a shapefile cuts it."""
        return self.official[:10]


@dataclass(frozen=True)
class Layer:
    """One MAKS layer: its columns, geometry and the names its table has in deliveries."""

    name: str
    official: str
    title: Text
    columns: tuple[Column, ...]
    geometry: GeometryType | None = None
    aliases: tuple[str, ...] = field(default=())

    def column(self, name: str) -> Column:
        """The column with our ``name``; ``KeyError`` where there is none."""
        return self._by_name()[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Our column names, in order, without the geometry."""
        return tuple(column.name for column in self.columns)

    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


def name_key(name: str) -> str:
    """The key under which table and column names of deliveries meet (maks.md §1.5)."""
    return re.sub("[^a-z0-9]", "", fold(name))


def _c(name: str, kind: ColumnType, tr: str, en: str, **more: object) -> Column:
    official = str(more.pop("official", name.replace("_", "").upper()))  # ASCII: our names
    return Column(name, official, kind, Text(tr, en), **more)  # type: ignore[arg-type]


_ID = _c(
    "id",
    "guid",
    "Kaydın GUID'i; ilişkiler bunu gösterir",
    "GUID of the record; relations point to it",
    required=True,
)
_KIMLIK_NO = _c(
    "kimlik_no",
    "long",
    "Ulusal kimlik numarası, sınıf içinde tek",
    "National identity number, unique per class",
    required=True,
)
_TARIHLER = (
    _c("olusturma_tarihi", "timestamp", "Kaydın oluşturulduğu an", "When the record was made"),
    _c("degistirme_tarihi", "timestamp", "Son değişikliğin anı", "When it was last changed"),
    _c("veri_kaynagi", "int", "Veri kaynağı kodu", "Code of the data source"),
)
_GEREKCE = _c(
    "islem_gerekcesi",
    "text",
    "İşlemin gerekçesi",
    "Reason of the operation",
    length=254,
    personal=True,
    aliases=("ISLEMGEREKEKCESI",),
)


def _fk(name: str, layer: str | None, tr: str, en: str, **more: object) -> Column:
    return _c(name, "guid", tr, en, refers_to=layer, **more)


IL = Layer(
    "il",
    "IL",
    Text("İl", "Province"),
    (
        _ID,
        _KIMLIK_NO,
        _c("ad", "text", "İl adı", "Name of the province", length=50, required=True),
        *_TARIHLER,
    ),
    "MULTIPOLYGON",
)
ILCE = Layer(
    "ilce",
    "ILCE",
    Text("İlçe", "District"),
    (
        _ID,
        _KIMLIK_NO,
        _c("ad", "text", "İlçe adı", "Name of the district", length=50, required=True),
        _fk("il_id", "il", "Bağlı olduğu il", "Its province"),
        *_TARIHLER,
    ),
    "MULTIPOLYGON",
)
BELEDIYE = Layer(
    "belediye",
    "BELEDIYE",
    Text("Belediye", "Municipality"),
    (
        _ID,
        _KIMLIK_NO,
        _c("ad", "text", "Belediye adı", "Name of the municipality", length=50, required=True),
        _c("tip", "int", "Belediye tipi kodu", "Code of the municipality type"),
        _c("yetkili_idare_kodu", "text", "Yetkili idare kodu", "Code of the authority", length=20),
        _fk(
            "bagli_belediye_id",
            "belediye",
            "Bağlı olduğu (büyükşehir) belediye",
            "Metropolitan municipality it belongs to",
            aliases=("BAGLIBELEDEDIYEID",),
        ),
        _fk("il_id", "il", "Bulunduğu il", "Its province"),
        _fk("ilce_id", "ilce", "Bulunduğu ilçe", "Its district"),
        *_TARIHLER,
    ),
    "MULTIPOLYGON",
)
KOY = Layer(
    "koy",
    "KOY",
    Text("Köy", "Village"),
    (
        _ID,
        _KIMLIK_NO,
        _c("ad", "text", "Köy adı", "Name of the village", length=50, required=True),
        _fk("ilce_id", "ilce", "Bağlı olduğu ilçe", "Its district"),
        _c(
            "tanitim_kodu",
            "text",
            "Sabit tanıtım numarası",
            "Fixed identification number",
            length=10,
        ),
        *_TARIHLER,
    ),
    "MULTIPOLYGON",
)
MAHALLE = Layer(
    "mahalle",
    "MAHALLE",
    Text("Mahalle", "Mahalle (quarter)"),
    (
        _ID,
        _KIMLIK_NO,
        _c("ad", "text", "Mahalle adı", "Name of the mahalle", length=50, required=True),
        _fk("ilce_id", "ilce", "Bağlı olduğu ilçe", "Its district", required=True),
        _fk("belediye_id", "belediye", "Yetkili belediye", "Municipality in charge"),
        _c(
            "tanitim_kodu",
            "text",
            "Sabit tanıtım numarası",
            "Fixed identification number",
            length=10,
        ),
        _c("ihtilaf_durumu", "int", "Sınır ihtilafı kodu", "Code of a boundary dispute"),
        *_TARIHLER,
    ),
    "MULTIPOLYGON",
)
YOL = Layer(
    "yol",
    "YOL",
    Text("Yol", "Road"),
    (
        _ID,
        _KIMLIK_NO,
        _c(
            "ad",
            "text",
            "Yolun adı, tür sözcüğü olmadan",
            "Name of the road without its type word",
            length=100,
            required=True,
        ),
        _c("tip", "int", "Csbm türü kodu", "Code of the csbm type", required=True),
        _c("tek_baslangic_no", "int", "Tek numaraların ilki", "First odd number"),
        _c("tek_bitis_no", "int", "Tek numaraların sonu", "Last odd number"),
        _c("cift_baslangic_no", "int", "Çift numaraların ilki", "First even number"),
        _c("cift_bitis_no", "int", "Çift numaraların sonu", "Last even number"),
        _GEREKCE,
        *_TARIHLER,
    ),
)
YOL_ORTA_HAT = Layer(
    "yol_orta_hat",
    "YOL_ORTA_HAT",
    Text("Yol orta hattı", "Road centre-line"),
    (
        _ID,
        _KIMLIK_NO,
        _c("ad", "text", "Yolun adı", "Name of the road", length=100),
        _fk("yol_id", "yol", "Ait olduğu yol", "Its road", required=True),
        _c("olusum_yontemi", "int", "Oluşum yöntemi kodu", "Code of the production method"),
        _c(
            "olcek",
            "int",
            "Sayısallaştırma ölçeğinin paydası",
            "Denominator of the digitising scale",
        ),
        *_TARIHLER,
    ),
    "LINESTRING",
    ("YOLORTAHAT",),
)
YOL_ORTA_HAT_YON = Layer(
    "yol_orta_hat_yon",
    "YOL_ORTA_HAT_YON",
    Text("Yol orta hattı yönü", "Side of a centre-line"),
    (
        _ID,
        _KIMLIK_NO,
        _fk(
            "yol_orta_hat_id",
            "yol_orta_hat",
            "Ait olduğu orta hat",
            "Its centre-line",
            required=True,
        ),
        _fk("mahalle_id", "mahalle", "Bu yönün mahallesi", "Mahalle of this side"),
        _fk("koy_baglisi_id", None, "Bu yönün köy bağlısı", "Village unit of this side"),
        _c(
            "uavt_kodu",
            "long",
            "Bu yönün UAVT csbm kodu",
            "UAVT csbm code of this side",
            official="UAVTKODU",
        ),
        _c(
            "tanitim_kodu",
            "text",
            "Sabit tanıtım numarası",
            "Fixed identification number",
            length=10,
            required=True,
        ),
        _c("tur", "text", "TEK ya da ÇİFT numaralar", "Odd (TEK) or even (ÇİFT) numbers", length=4),
        _c(
            "sayisallastirma_yon",
            "text",
            "Sayısallaştırma yönüne göre SAĞ ya da SOL",
            "Right (SAĞ) or left (SOL) of the digitising direction",
            length=3,
        ),
        _c("baslangic_no", "int", "Bu yönün ilk numarası", "First number of this side"),
        _c("bitis_no", "int", "Bu yönün son numarası", "Last number of this side"),
        *_TARIHLER,
    ),
    None,
    ("YOLORTAHATYON",),
)
NUMARATAJ = Layer(
    "numarataj",
    "NUMARATAJ",
    Text("Numarataj", "Numarataj (door)"),
    (
        _ID,
        _KIMLIK_NO,
        _c("tip", "int", "Numarataj tipi kodu", "Code of the numarataj type"),
        _c("kapi_no", "text", "Dış kapı numarası", "Door number", length=16),
        _c(
            "tasarim_kapi_no", "text", "Tasarlanan kapı numarası", "Designed door number", length=16
        ),
        _c("yerlesim_acisi", "real", "Tabelanın açısı, derece", "Angle of the plate, degrees"),
        _c("bina_kodu", "int", "UAVT bina kodu", "UAVT building code"),
        _c("ad", "text", "Kapının adı", "Name of the door", length=30, personal=True),
        _c("aciklama", "text", "Açıklama", "Remark", length=254, personal=True),
        _fk(
            "yol_orta_hat_yon_id",
            "yol_orta_hat_yon",
            "Kapının baktığı yol yönü",
            "Road side the door faces",
        ),
        _fk("yapi_id", "yapi", "Kapının yapısı", "Building of the door"),
        _fk("diger_yapi_id", "diger_yapi", "Kapının diğer yapısı", "Other structure of the door"),
        _fk("parsel_id", "parsel", "Kapının parseli", "Parcel of the door"),
        _c("parsel_kimlik_no", "long", "Parselin kimlik numarası", "Identity number of the parcel"),
        _fk(
            "bagli_oldugu_numarataj_id",
            "numarataj",
            "Bağlı olduğu ana kapı",
            "Main door it belongs to",
            aliases=("BAGLIOLDUGUNUMARATJID",),
        ),
        _GEREKCE,
        *_TARIHLER,
    ),
    "POINT",
)
YAPI = Layer(
    "yapi",
    "YAPI",
    Text("Yapı", "Building"),
    (
        _ID,
        _KIMLIK_NO,
        _c("tip", "int", "Yapı tipi kodu", "Code of the building type"),
        _c("durum", "int", "Yapı durumu kodu", "Code of the building state"),
        _c("ad", "text", "Yapı adı", "Name of the building", length=150),
        _c(
            "site_veya_kooperatif_adi",
            "text",
            "Site ya da kooperatif adı",
            "Name of the site or cooperative",
            length=100,
            aliases=("SITEVEYAKOOPADI",),
        ),
        _c("posta_kodu", "text", "Posta kodu", "Post code", length=5),
        _c("zemin_ustu_kat_sayisi", "int", "Zemin üstü kat sayısı", "Storeys above ground"),
        _c("zemin_alti_kat_sayisi", "int", "Zemin altı kat sayısı", "Storeys below ground"),
        _c("ada_no", "text", "Kadastro adası", "Cadastral block", length=20),
        _c("parsel_no", "text", "Kadastro parseli", "Cadastral parcel", length=20),
        _c("pafta_adi", "text", "Pafta adı", "Name of the map sheet", length=30),
        _c("parsel_kimlik_no", "long", "Parselin kimlik numarası", "Identity number of the parcel"),
        _c("olusum_yontemi", "int", "Oluşum yöntemi kodu", "Code of the production method"),
        _c(
            "olcek",
            "int",
            "Sayısallaştırma ölçeğinin paydası",
            "Denominator of the digitising scale",
        ),
        _GEREKCE,
        *_TARIHLER,
    ),
    "POLYGON",
)
DIGER_YAPI = Layer(
    "diger_yapi",
    "DIGER_YAPI",
    Text("Diğer yapı", "Other structure"),
    (
        _ID,
        _KIMLIK_NO,
        _c("tip", "int", "Yapı tipi kodu", "Code of the structure type"),
        _c("ad", "text", "Yapı adı", "Name of the structure", length=50),
        _c("posta_kodu", "text", "Posta kodu", "Post code", length=5),
        _c("zemin_ustu_kat_sayisi", "int", "Zemin üstü kat sayısı", "Storeys above ground"),
        _c("zemin_alti_kat_sayisi", "int", "Zemin altı kat sayısı", "Storeys below ground"),
        _c("ada_no", "text", "Kadastro adası", "Cadastral block", length=20),
        _c("parsel_no", "text", "Kadastro parseli", "Cadastral parcel", length=20),
        _c("pafta_adi", "text", "Pafta adı", "Name of the map sheet", length=30),
        _GEREKCE,
        *_TARIHLER,
    ),
    "POLYGON",
    ("DIGERYAPI",),
)
PARSEL = Layer(
    "parsel",
    "PARSEL",
    Text("Parsel", "Parcel"),
    (
        _ID,
        _KIMLIK_NO,
        _c("ada_no", "text", "Kadastro adası", "Cadastral block", length=20),
        _c("parsel_no", "text", "Kadastro parseli", "Cadastral parcel", length=20),
        _c("pafta_adi", "text", "Pafta adı", "Name of the map sheet", length=30),
        *_TARIHLER,
    ),
    "MULTIPOLYGON",
)
BAGIMSIZ_BOLUM = Layer(
    "bagimsiz_bolum",
    "BAGIMSIZ_BOLUM",
    Text("Bağımsız bölüm", "Independent unit"),
    (
        _ID,
        _c(
            "kimlik_no",
            "long",
            "UAVT adres no, 10 hane",
            "UAVT address number, 10 digits",
            required=True,
        ),
        _c(
            "ic_kapi_no",
            "text",
            "İç kapı numarası",
            "Inner door number",
            length=30,
            official="BAGIMSIZBOLUMNO",
            aliases=("ICKAPINO", "BBNO", "ICKAPI"),
        ),
        _c("ad", "text", "Bölümün adı", "Name of the unit", length=100, personal=True),
        _c("durum", "int", "Bölüm durumu kodu", "Code of the unit state"),
        _c("tip", "int", "Bölüm tipi kodu", "Code of the unit type"),
        _c("kullanim_turu", "int", "Kullanım türü kodu", "Code of use"),
        _c("kullanim_alt_tur", "int", "Kullanım alt türü kodu", "Code of the kind of use"),
        _c("kat_no", "text", "Kat", "Floor", length=3),
        _c(
            "tapu_bagimsiz_bolum_no",
            "text",
            "Tapudaki bağımsız bölüm numarası",
            "Number of the unit in the land registry",
            length=50,
        ),
        _fk("numarataj_id", "numarataj", "Bölümün kapısı", "Door of the unit", required=True),
        _fk("yapi_id", "yapi", "Bölümün yapısı", "Building of the unit"),
        _fk("diger_yapi_id", "diger_yapi", "Bölümün diğer yapısı", "Other structure of the unit"),
        _fk("bagli_oldugu_bb_id", "bagimsiz_bolum", "Bağlı olduğu bölüm", "Unit it belongs to"),
        _GEREKCE,
        *_TARIHLER,
    ),
    None,
    ("BAGIMSIZBOLUM",),
)

LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        IL,
        ILCE,
        BELEDIYE,
        KOY,
        MAHALLE,
        YOL,
        YOL_ORTA_HAT,
        YOL_ORTA_HAT_YON,
        YAPI,
        DIGER_YAPI,
        PARSEL,
        NUMARATAJ,
        BAGIMSIZ_BOLUM,
    )
}
"""Every layer, in the order in which they can be loaded (referred-to first)."""

CSBM_TYPES: dict[int, Text] = {
    0: Text("Köy Sokağı", "Village street"),
    1: Text("Meydan", "Square"),
    2: Text("Bulvar", "Boulevard"),
    3: Text("Cadde", "Avenue"),
    4: Text("Sokak", "Street"),
    5: Text("Küme Evler", "Cluster of houses"),
}
"""Csbm type codes (maks.md §1.6, observed; the other lists are data, not code)."""


def layer_of(table_name: str) -> Layer | None:
    """The layer a delivered table is, by its name or an alias; ``None`` where it is none."""
    key = name_key(table_name)
    for layer in LAYERS.values():
        if key in {name_key(layer.official), *(name_key(alias) for alias in layer.aliases)}:
            return layer
    return None
