"""The register: one table of versions per MAKS layer, as the model stood at this revision."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# name:kind, ! = required, > = refers to another layer and is indexed; a number is a length.
LAYERS = {
    "il": (
        "MULTIPOLYGON",
        (
            "id:guid! kimlik_no:long! ad:text50! olusturma_tarihi:time degistirme_tarihi:time "
            "veri_kaynagi:int"
        ),
    ),
    "ilce": (
        "MULTIPOLYGON",
        (
            "id:guid! kimlik_no:long! ad:text50! il_id:guid> olusturma_tarihi:time "
            "degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "belediye": (
        "MULTIPOLYGON",
        (
            "id:guid! kimlik_no:long! ad:text50! tip:int yetkili_idare_kodu:text20 "
            "bagli_belediye_id:guid> il_id:guid> ilce_id:guid> olusturma_tarihi:time "
            "degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "koy": (
        "MULTIPOLYGON",
        (
            "id:guid! kimlik_no:long! ad:text50! ilce_id:guid> tanitim_kodu:text10 "
            "olusturma_tarihi:time degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "mahalle": (
        "MULTIPOLYGON",
        (
            "id:guid! kimlik_no:long! ad:text50! ilce_id:guid!> belediye_id:guid> "
            "tanitim_kodu:text10 ihtilaf_durumu:int olusturma_tarihi:time "
            "degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "yol": (
        None,
        (
            "id:guid! kimlik_no:long! ad:text100! tip:int! tek_baslangic_no:int "
            "tek_bitis_no:int cift_baslangic_no:int cift_bitis_no:int islem_gerekcesi:text254 "
            "olusturma_tarihi:time degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "yol_orta_hat": (
        "LINESTRING",
        (
            "id:guid! kimlik_no:long! ad:text100 yol_id:guid!> olusum_yontemi:int olcek:int "
            "olusturma_tarihi:time degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "yol_orta_hat_yon": (
        None,
        (
            "id:guid! kimlik_no:long! yol_orta_hat_id:guid!> mahalle_id:guid> "
            "koy_baglisi_id:guid uavt_kodu:long tanitim_kodu:text10! tur:text4 "
            "sayisallastirma_yon:text3 baslangic_no:int bitis_no:int olusturma_tarihi:time "
            "degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "yapi": (
        "POLYGON",
        (
            "id:guid! kimlik_no:long! tip:int durum:int ad:text150 "
            "site_veya_kooperatif_adi:text100 posta_kodu:text5 zemin_ustu_kat_sayisi:int "
            "zemin_alti_kat_sayisi:int ada_no:text20 parsel_no:text20 pafta_adi:text30 "
            "parsel_kimlik_no:long olusum_yontemi:int olcek:int islem_gerekcesi:text254 "
            "olusturma_tarihi:time degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "diger_yapi": (
        "POLYGON",
        (
            "id:guid! kimlik_no:long! tip:int ad:text50 posta_kodu:text5 "
            "zemin_ustu_kat_sayisi:int zemin_alti_kat_sayisi:int ada_no:text20 "
            "parsel_no:text20 pafta_adi:text30 islem_gerekcesi:text254 olusturma_tarihi:time "
            "degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "parsel": (
        "MULTIPOLYGON",
        (
            "id:guid! kimlik_no:long! ada_no:text20 parsel_no:text20 pafta_adi:text30 "
            "olusturma_tarihi:time degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "numarataj": (
        "POINT",
        (
            "id:guid! kimlik_no:long! tip:int kapi_no:text16 tasarim_kapi_no:text16 "
            "yerlesim_acisi:real bina_kodu:int ad:text30 aciklama:text254 "
            "yol_orta_hat_yon_id:guid> yapi_id:guid> diger_yapi_id:guid> parsel_id:guid> "
            "parsel_kimlik_no:long bagli_oldugu_numarataj_id:guid> islem_gerekcesi:text254 "
            "olusturma_tarihi:time degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
    "bagimsiz_bolum": (
        None,
        (
            "id:guid! kimlik_no:long! ic_kapi_no:text30 ad:text100 durum:int tip:int "
            "kullanim_turu:int kullanim_alt_tur:int kat_no:text3 "
            "tapu_bagimsiz_bolum_no:text50 numarataj_id:guid!> yapi_id:guid> "
            "diger_yapi_id:guid> bagli_oldugu_bb_id:guid> islem_gerekcesi:text254 "
            "olusturma_tarihi:time degistirme_tarihi:time veri_kaynagi:int"
        ),
    ),
}
KINDS: dict[str, sa.types.TypeEngine[Any]] = {
    "int": sa.Integer(),
    "long": sa.BigInteger(),
    "real": sa.Float(),
    "guid": sa.String(38),
    "time": sa.DateTime(timezone=True),
    "text": sa.Text(),
}
IN_FORCE = sa.text("valid_to IS NULL")


def upgrade() -> None:
    """Tables ``maks.<layer>_version``."""
    for layer, (geometry, columns) in LAYERS.items():
        create_layer(layer, geometry, columns.split())


def create_layer(layer: str, geometry: str | None, columns: list[str]) -> None:
    """The table of one layer with its keys and indexes."""
    name = f"{layer}_version"
    op.create_table(
        name,
        *(column_of(said) for said in columns),
        sa.Column("version", sa.Integer, nullable=False, comment="1 = first"),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), comment="empty: in force"),
        sa.Column("operation", sa.Text, nullable=False, comment="how it began: added, changed"),
        sa.Column("batch_id", sa.BigInteger, nullable=False),
        sa.Column("closing_operation", sa.Text, comment="how it ended: changed, closed"),
        sa.Column("closing_batch_id", sa.BigInteger),
        sa.Column("content_hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the content"),
        *([sa.Column("geometry", shape_of(geometry), nullable=False)] if geometry else []),
        *constraints_of(name),
        schema="maks",
    )
    op.create_index(
        f"{name}_in_force_key", name, ["kimlik_no"], unique=True, schema="maks",
        postgresql_where=IN_FORCE,
    )  # fmt: skip
    op.create_index(
        f"{name}_id_key", name, ["id"], unique=True, schema="maks", postgresql_where=IN_FORCE
    )
    for key in (said.partition(":")[0] for said in columns if said.endswith(">")):
        op.create_index(f"{name}_{key}_idx", name, [key], schema="maks", postgresql_where=IN_FORCE)
    if geometry:
        op.create_index(
            f"{name}_geometry_idx", name, ["geometry"], schema="maks", postgresql_using="gist"
        )


def column_of(said: str) -> sa.Column[Any]:
    """``kapi_no:text16`` as a column."""
    name, _, kind = said.rstrip(">").partition(":")
    word, length = kind.rstrip("!").rstrip("0123456789"), "".join(filter(str.isdigit, kind))
    type_: sa.types.TypeEngine[Any] = sa.String(int(length)) if length else KINDS[word]
    return sa.Column(name, type_, nullable=not kind.endswith("!"))


def shape_of(geometry: str) -> Geometry:
    """A geometry in TUREF / TM30."""
    return Geometry(geometry, srid=5254, spatial_index=False)


def constraints_of(name: str) -> tuple[sa.Constraint, ...]:
    """What holds for every version of a feature."""
    return (
        sa.UniqueConstraint("kimlik_no", "version", name=f"{name}_kimlik_no_version_key"),
        sa.ForeignKeyConstraint(["batch_id"], ["raw.batch.id"], name=f"{name}_batch_id_fkey"),
        sa.ForeignKeyConstraint(
            ["closing_batch_id"], ["raw.batch.id"], name=f"{name}_closing_batch_id_fkey"
        ),
        sa.CheckConstraint(
            "operation IN ('added', 'changed')", name=op.f(f"{name}_operation_check")
        ),
        sa.CheckConstraint(
            "closing_operation IN ('changed', 'closed')",
            name=op.f(f"{name}_closing_operation_check"),
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f(f"{name}_validity_check")),
        sa.CheckConstraint(
            "(valid_to IS NULL) = (closing_operation IS NULL) "
            "AND (valid_to IS NULL) = (closing_batch_id IS NULL)",
            name=op.f(f"{name}_closing_check"),
        ),
    )
