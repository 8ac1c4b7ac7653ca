"""The words of a report, in both languages, by key."""

from gis_platform.core.errors import Text

WORDS: dict[str, Text] = {
    "run": Text("Parti", "Batch"),
    "file": Text("Dosya", "File"),
    "checksum": Text("SHA-256", "SHA-256"),
    "time": Text("Süre", "Time"),
    "rate": Text("satır/sn", "rows/s"),
    "received_before": Text("aynı dosya daha önce alındı", "the same file was received before"),
    "account": Text("Satırların hesabı", "The account of the rows"),
    "account_hint": Text(
        "Okunan her satır yüklenir, bir kişinin kararını bekler ya da gerekçesiyle geri çevrilir.",
        "Every row read is loaded, waits for a person, or is refused with its reason.",
    ),
    "step": Text("Adım", "Step"),
    "read": Text("Okunan", "Read"),
    "passed": Text("Geçen", "Passed"),
    "loaded": Text("Yüklenen", "Loaded"),
    "held": Text("İnceleme bekleyen", "Held for review"),
    "rejected": Text("Geri çevrilen", "Rejected"),
    "rows": Text("Satır", "Rows"),
    "share": Text("Yüklenme oranı", "Loaded share"),
    "register": Text("Kayıtta ne değişti", "What changed in the register"),
    "added": Text("eklendi", "added"),
    "changed": Text("değişti", "changed"),
    "unchanged": Text("aynı kaldı", "unchanged"),
    "closed": Text("kapandı", "closed"),
    "map": Text("Harita", "Map"),
    "map_hint": Text(
        "Renk: yüklenen satırların oranı. Noktalar: inceleme bekleyen satırların yeri.",
        "Colour: share of rows loaded. Dots: places of the rows held for review.",
    ),
    "by_mahalle": Text("Mahallelere göre", "By mahalle"),
    "worst_csbm": Text(
        "En çok satırı bekleyen cadde ve sokaklar", "Streets with most rows held for review"
    ),
    "mahalle": Text("Mahalle", "Mahalle"),
    "csbm": Text("Cadde / sokak", "Csbm"),
    "level": Text("Eşleşme düzeyi", "Match level"),
    "reasons": Text("Gerekçeler", "Reasons"),
    "reason": Text("Gerekçe", "Reason"),
    "remedy": Text("Çare", "Remedy"),
    "outcome": Text("Sonuç", "Outcome"),
    "controls": Text("Kontroller", "Controls"),
    "control": Text("Kontrol", "Control"),
    "layer": Text("Katman", "Layer"),
    "severity": Text("Ağırlık", "Severity"),
    "findings": Text("Bulgu", "Findings"),
    "example": Text("Örnek", "Example"),
    "none": Text("Yok.", "None."),
    "unknown": Text("(mahallesi bilinmeyen)", "(mahalle unknown)"),
    "next": Text("Sırada ne var", "What next"),
    "next_review": Text(
        "İnceleme bekleyenleri dosyaya alın, karar sütununu doldurup geri verin:",
        "Take the held rows to a file, fill in the decision and give it back:",
    ),
    "next_rejected": Text(
        "Geri çevrilen satırları alın, düzeltip yeniden yükleyin:",
        "Take the rejected rows, mend them and load them again:",
    ),
    "versions": Text("Sürümler", "Versions"),
    "table_of_map": Text(
        "Haritadaki sayılar aşağıdaki tabloda da vardır.", "The table below holds the same figures."
    ),
    "kapi": Text("kapı", "door (kapı)"),
    "interpolasyon": Text("interpolasyon", "interpolation"),
    "ilce": Text("ilçe", "ilçe"),
    "error": Text("hata", "error"),
    "warning": Text("uyarı", "warning"),
    "info": Text("bilgi", "info"),
}
