"""Typed settings, read from the environment in one place and passed on as an argument."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from gis_platform.core.errors import ConfigError, Text
from gis_platform.core.language import Language

PREFIX = "GIS_"
NOT_SETTINGS = frozenset({"GIS_TEST_DATABASE_URL"})


def _default_home() -> Path:
    """Where durable data lies: root keeps it under /var/lib, since postgres cannot read /root."""
    if os.geteuid() == 0:
        return Path("/var/lib/gis-platform")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "gis-platform"


class DatabaseSettings(BaseModel):
    """The database."""

    model_config = ConfigDict(extra="forbid")

    url: SecretStr | None = Field(
        default=None,
        description="PostGIS sunucusu, postgresql://kullanıcı:parola@sunucu:port/ad, sahibi rolle; "
        "boşsa gerektiğinde başlatılan özel küme / "
        "PostGIS server as postgresql://user:password@host:port/name, its owner role; "
        "empty: a private cluster of our own, started when needed",
    )
    portal_url: SecretStr | None = Field(
        default=None,
        description="aynı veritabanı, yalnızca gis_portal üyesi bir kullanıcıyla; "
        "boşsa sahibin adresiyle bağlanıp role geçilir / "
        "the same database for a login that is a member of gis_portal only; "
        "empty: the role is set after connecting with the owner's address",
    )
    bin_dir: Path | None = Field(
        default=None,
        description="özel küme için initdb ve postgres'in bulunduğu klasör; boşsa aranır / "
        "folder with initdb and postgres for the private cluster; empty: searched for",
    )
    statement_timeout_ms: int = Field(
        default=10_000,
        gt=0,
        description="halka açık bir isteğin en uzun veritabanı sorgusu, milisaniye / "
        "longest database statement of a public request, milliseconds",
    )


class MatchingSettings(BaseModel):
    """Matching."""

    model_config = ConfigDict(extra="forbid")

    accept_score: float = Field(
        default=0.90,
        ge=0,
        le=1,
        description="eşleşmenin kabul edildiği olasılık, 0 ile 1 arası / "
        "probability from which a match is accepted, 0 to 1",
    )
    review_score: float = Field(
        default=0.30,
        ge=0,
        le=1,
        description="bir kişiye sorulan olasılık, 0 ile 1 arası / "
        "probability from which a person is asked, 0 to 1",
    )


class MaksSettings(BaseModel):
    """MAKS deliveries."""

    model_config = ConfigDict(extra="forbid")

    ed50_file: Path | None = Field(
        default=None,
        description="ED50'den TUREF'e kendi dönüşümünüz: ortak noktalar (.csv) ya da yedi "
        "parametre (.toml); boşsa EPSG'nin 2,1 m doğruluklu dönüşümü / "
        "your own way from ED50 to TUREF: common points (.csv) or seven parameters (.toml); "
        "empty: that of the EPSG registry, good to 2.1 m",
    )


class PublicationSettings(BaseModel):
    """Yayın / Publication."""

    model_config = ConfigDict(extra="forbid")

    layers_dir: Path | None = Field(
        default=None,
        description="kendi katman dosyalarınızın (TOML) klasörü; hazır gelenlerden birinin adını "
        "taşıyan dosya onun yerine geçer / "
        "folder with layer files (TOML) of your own; a file with the name of one that comes along "
        "replaces it",
    )


class StorageSettings(BaseModel):
    """Yayın dosyalarının deposu / Where published files are kept."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(
        default=None,
        pattern=r"^s3://[^/\s]+(/[^\s]*)?$",
        description="yayın dosyalarının nesne deposu, s3://kova/klasör; boşsa GIS_HOME altı / "
        "object storage of published files, s3://bucket/folder; empty: below GIS_HOME",
    )
    endpoint: str | None = Field(
        default=None,
        description="S3 uyumlu deponun adresi (MinIO, Ceph …); boşsa Amazon S3 / "
        "address of the S3-compatible storage (MinIO, Ceph …); empty: Amazon S3",
    )
    region: str | None = Field(default=None, description="deponun bölgesi / region of the storage")
    key: str | None = Field(
        default=None,
        description="erişim anahtarı; boşsa AWS_ACCESS_KEY_ID gibi alışılmış yerlerden / "
        "access key; empty: from the usual places such as AWS_ACCESS_KEY_ID",
    )
    secret: SecretStr | None = Field(
        default=None, description="erişim anahtarının parolası / secret of the access key"
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s]+[^/\s]$",
        description="halkın depoya ya da önündeki CDN'e ulaştığı adres; verilirse indirmeler oraya "
        "yönlendirilir / address under which the public reaches the storage or a CDN before it; "
        "given: downloads are redirected there",
    )


class ServerSettings(BaseModel):
    """The HTTP server."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(default="127.0.0.1", description="dinlenen adres / address to listen on")
    port: int = Field(
        default=8000, ge=1, le=65535, description="dinlenen TCP portu / TCP port to listen on"
    )
    workers: int = Field(
        default=1, ge=1, le=64,
        description="kaç süreç sunar; dizinin belleği ortaktır / "
        "how many processes serve; they share the memory of the index",
    )  # fmt: skip
    follow_register: bool = Field(
        default=True,
        description="kayıt değişince adres dizini yeniden yapılır ve sunucu ona geçer / "
        "when the register changes the address index is made anew and the server goes over to it",
    )
    public_url: str | None = Field(
        default=None,
        description="halkın sunucuya ulaştığı adres, sonunda bölü olmadan; boşsa istekteki gibi / "
        "address under which the public reaches the server, no slash at the end; "
        "empty: as the request says",
    )
    cors_origins: str = Field(
        default="*",
        description="verileri okuyabilen başka sunucuların sayfaları: * ya da virgülle "
        "https://harita.example / "
        "pages of other hosts that may read the data: *, or by commas https://map.example",
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        description="günlük satırları: insan için text, makine için json / "
        "lines of the log: text for people, json for machines",
    )
    metrics_from: str = Field(
        default="127.0.0.1,::1",
        description="/metrics okuyabilen ağ adresleri, virgülle; boşsa hiç kimse / "
        "network addresses that may read /metrics, by commas; empty: nobody",
    )
    packages_dir: Path | None = Field(
        default=None,
        description="sayfaların istediği npm paketlerinin klasörü (node_modules: harita ve yazı "
        "tipi); boşsa programın yanı / "
        "folder of the npm packages the pages need (node_modules: map and font); "
        "empty: beside the program",
    )


class AccessSettings(BaseModel):
    """Who may ask the address service, and how much."""

    model_config = ConfigDict(extra="forbid")

    public_scopes: str = Field(
        default="search,match,register",
        description="anahtarsız kullanılabilenler, virgülle: search, match, register, batch / "
        "what may be used without a key, by commas: search, match, register, batch",
    )
    public_levels: Literal["published", "all"] = Field(
        default="published",
        description="anahtarsız görülen düzeyler: yalnızca katmanı yayında olanlar (published) "
        "ya da hepsi (all) / "
        "levels seen without a key: those whose layer is published, or all",
    )
    public_per_second: float = Field(
        default=50, ge=0,
        description="anahtarsız bir ağ adresine saniyede izin verilen istek; 0: sınırsız / "
        "requests a second allowed to a network address without a key; 0: no limit",
    )  # fmt: skip
    key_per_second: float = Field(
        default=200, ge=0,
        description="bir anahtara saniyede izin verilen istek; 0: sınırsız / "
        "requests a second allowed to a key; 0: no limit",
    )  # fmt: skip
    burst_seconds: float = Field(
        default=5, ge=1, le=60,
        description="birikebilen hak: kaç saniyelik / how many seconds' worth may be saved up",
    )  # fmt: skip
    issuer: str | None = Field(
        default=None,
        description="OpenID Connect sağlayıcısının adresi; boşsa belirteç kabul edilmez / "
        "address of the OpenID Connect issuer; empty: no tokens are taken",
    )
    audience: str | None = Field(
        default=None,
        description="belirteçteki aud; sağlayıcı verilmişse gerekli / "
        "aud of the tokens; required with an issuer",
    )
    name_claim: str = Field(
        default="name",
        description="kişinin adının bulunduğu alan / claim with the name of the person",
    )
    scope_claim: str = Field(
        default="scope",
        description="yetkilerin bulunduğu alan / claim with the scopes",
    )

    @field_validator("public_scopes")
    @classmethod
    def _no_units(cls, said: str) -> str:
        """Units are never read without a key."""
        known = {"search", "match", "register", "batch"}
        if not {each.strip() for each in said.split(",") if each.strip()} <= known:
            raise ValueError(", ".join(sorted(known)))
        return said

    @model_validator(mode="after")
    def _whole(self) -> "AccessSettings":
        if self.issuer is not None and self.audience is None:
            raise ValueError("GIS_ACCESS__AUDIENCE")
        return self


class BatchSettings(BaseModel):
    """Files sent to the address service to be matched."""

    model_config = ConfigDict(extra="forbid")

    most_mb: int = Field(
        default=512, ge=1, description="bir dosyanın en büyük boyu, MB / largest file, MB"
    )
    most_rows: int = Field(
        default=1_000_000, ge=1,
        description="bir dosyanın en çok satırı / rows of a file at most",
    )  # fmt: skip
    keep_hours: float = Field(
        default=24, gt=0,
        description="sonucun saklandığı süre, saat; sonra silinir / "
        "hours a result is kept; then it is deleted",
    )  # fmt: skip
    most_open: int = Field(
        default=5, ge=1,
        description="bir sahibin bekleyen ve süren işi en çok / "
        "jobs of one owner that wait or run, at most",
    )  # fmt: skip


class WebhookSettings(BaseModel):
    """Telling other programs of changed addresses."""

    model_config = ConfigDict(extra="forbid")

    allow_private: bool = Field(
        default=False,
        description="kurum içi (özel) ağ adreslerine ve TLS'siz http'ye de bildirilir / "
        "private network addresses and http without TLS are told too",
    )
    most_tries: int = Field(
        default=12, ge=1, le=100,
        description="kaç denemeden sonra vazgeçilir (12: yaklaşık bir gün) / "
        "tries before giving up (12: about a day)",
    )  # fmt: skip


class PortalSettings(BaseModel):
    """The public pages."""

    model_config = ConfigDict(extra="forbid")

    organisation_tr: str = Field(
        default="Eyüpsultan Belediyesi",
        description="yayımlayan kurum, sayfalardaki Türkçe adıyla / "
        "who publishes, as pages name it in Turkish",
    )
    organisation_en: str = Field(
        default="Eyüpsultan Municipality",
        description="yayımlayan kurumun İngilizce adı / its name in English",
    )
    contact: str | None = Field(
        default=None,
        description="yanıt veren birimin e-posta adresi; boşsa gösterilmez / "
        "e-mail address of the office that answers; empty: none is shown",
    )
    notice_tr: str | None = Field(
        default=None,
        description="her sayfanın üstündeki Türkçe cümle, örneğin verinin uydurma olduğu / "
        "a sentence above every page in Turkish, e.g. that the data are invented",
    )
    notice_en: str | None = Field(
        default=None, description="aynı cümle, İngilizce / the same sentence in English"
    )
    content_dir: Path | None = Field(
        default=None,
        description="kendi sayfalarınızın (Markdown) klasörü, içinde tr ve en; hazır gelenlerden "
        "birinin adını taşıyan dosya onun yerine geçer / "
        "folder with pages (Markdown) of your own, with tr and en inside; a file with the name of "
        "one that comes along replaces it",
    )
    withheld_file: Path | None = Field(
        default=None,
        description="yayımlanmayan verilerin elle tutulan listesi (TOML), hazır gelene eklenir / "
        "list kept by hand (TOML) of data that are not published, added to the one that comes "
        "along",
    )
    count_use: bool = Field(
        default=True,
        description="katmanların ne kadar kullanıldığı kişisel veri tutulmadan sayılır / "
        "how much layers are used is counted, without personal data",
    )


class Settings(BaseSettings):
    """All settings; ``docs/guide/settings.md`` is generated from the descriptions."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    home: Path = Field(
        default_factory=_default_home,
        description="özel küme, adres dizini, raporlar ve yayın dosyalarının klasörü; root için "
        "/var/lib/gis-platform, başkası için ~/.local/share/gis-platform / "
        "folder for the private cluster, the address index, reports, published files; for root "
        "/var/lib/gis-platform, for others ~/.local/share/gis-platform",
    )
    language: Language = Field(
        default="tr",
        description="iletilerin ve raporların dili, tr ya da en / "
        "language of messages and reports, tr or en",
    )
    db: DatabaseSettings = Field(default_factory=DatabaseSettings)
    matching: MatchingSettings = Field(default_factory=MatchingSettings)
    maks: MaksSettings = Field(default_factory=MaksSettings)
    publication: PublicationSettings = Field(default_factory=PublicationSettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    access: AccessSettings = Field(default_factory=AccessSettings)
    batch: BatchSettings = Field(default_factory=BatchSettings)
    webhook: WebhookSettings = Field(default_factory=WebhookSettings)
    portal: PortalSettings = Field(default_factory=PortalSettings)

    @property
    def index_dir(self) -> Path:
        """Where the compiled address index lies."""
        return self.home / "index"

    @property
    def published_dir(self) -> Path:
        """Where the files of published layers lie."""
        return self.home / "published"

    @property
    def batch_dir(self) -> Path:
        """Where files sent to be matched and their results lie, until they expire."""
        return self.home / "batch"

    @property
    def report_dir(self) -> Path:
        """Where reports of runs are written."""
        return self.home / "reports"


def _variable(*names: str) -> str:
    return PREFIX + "__".join(names).upper()  # ASCII: names of fields


def known_variables() -> dict[str, str]:
    """Every environment variable the platform reads, with its description."""
    known: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            for inner, inner_field in group.model_fields.items():
                known[_variable(name, inner)] = inner_field.description or ""
        else:
            known[_variable(name)] = field.description or ""
    return known


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment.

    Raises:
        ConfigError: a variable beginning with ``GIS_`` is unknown, or a value is of the wrong kind.
    """
    known = known_variables()
    for name in environment:
        if name.startswith(PREFIX) and name not in known and name not in NOT_SETTINGS:
            raise ConfigError(
                Text(f"{name} adında bir ayar yok.", f"There is no setting {name}."),
                remedy=Text("Olanlar: gis settings", "See them with: gis settings"),
            )
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = _variable(*(str(part) for part in first["loc"]))
        raise ConfigError(
            Text(
                f"{name} ayarı geçersiz: {first['msg']}",
                f"Setting {name} is not valid: {first['msg']}",
            )
        ) from None
