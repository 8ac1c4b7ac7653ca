"""What each weight says about an address, in words: the component it speaks of and its sentence."""

from gis_platform.core.errors import Text

CSBM, TUR, MAHALLE, ILCE, IL, KAPI, KOD = (
    "csbm", "csbm_tur", "mahalle", "ilce", "il", "dis_kapi_no", "kod"
)  # fmt: skip
ELEMENTS = {
    CSBM: Text("cadde/sokak", "csbm"),
    TUR: Text("tür", "type"),
    MAHALLE: Text("mahalle", "mahalle"),
    ILCE: Text("ilçe", "ilçe"),
    IL: Text("il", "il"),
    KAPI: Text("kapı", "door"),
    KOD: Text("kod", "code"),
}
"""Components by the name a machine reads, as people read them."""

FINDINGS = {
    "name_cap": (CSBM, Text("ad bulundu; az görüldükçe değerli", "name found; worth more if rare")),
    "form_no_title": (CSBM, Text("unvansız yazılmış", "written without its title")),
    "form_part": (CSBM, Text("iki adından biri", "one of its two names")),
    "form_initial": (CSBM, Text("ilk sözcük kısaltılmış ya da yok", "first word cut or left out")),
    "form_dropped": (CSBM, Text("bir sözcüğü yazılmamış", "a word of it is left out")),
    "form_alias": (CSBM, Text("eski ya da başka adı", "an old or other name")),
    "form_extended": (CSBM, Text("adına sözcük eklenmiş", "a word is put to the name")),
    "form_weak": (CSBM, Text("Yolu, Eski ya da Yeni olmadan", "without Yolu, Eski or Yeni")),
    "form_last": (CSBM, Text("yalnız son sözcüğü", "its last word alone")),
    "form_unnumbered": (CSBM, Text("1. sayısı olmadan", "without its number 1")),
    "edit": (CSBM, Text("yazım yanlışı", "misspelt")),
    "edit_known": (CSBM, Text("yazıldığı gibi de bir ad", "what is written is a name as well")),
    "type_agrees": (TUR, Text("tür sözcüğü uyuyor", "type word agrees")),
    "type_differs": (TUR, Text("tür sözcüğü başka", "type word differs")),
    "type_missing": (TUR, Text("tür sözcüğü yok", "no type word")),
    "open_end": (CSBM, Text("ad ile tür arasında başka söz", "words between name and type")),
    "as_mahalle": (CSBM, Text("söz başka bir yerin adı", "the words name another kind of place")),
    "as_building": (CSBM, Text("söz bir yapının adı ya da tarif", "the words name a building")),
    "in_tail": (CSBM, Text("kapıdan sonra yazılmış", "written behind the door")),
    "in_brackets": (CSBM, Text("ayraç içinde", "in brackets")),
    "left_word": (CSBM, Text("açıklanmayan sözcük", "a word the name does not explain")),
    "left_title": (CSBM, Text("açıklanmayan unvan", "a title the name does not explain")),
    "left_plain": (CSBM, Text("yanında açıklanmayan söz", "an unexplained word beside it")),
    "other_after": (CSBM, Text("arkasında başka cadde/sokak", "another csbm is named behind it")),
    "other_before": (CSBM, Text("önünde başka cadde/sokak", "another csbm is named before it")),
    "not_named": (CSBM, Text("tür sözcüğü başka bir adda", "the type word is at another name")),
    "mahalle_cap": (MAHALLE, Text("mahalle uyuyor", "mahalle agrees")),
    "mahalle_partial": (MAHALLE, Text("yazılanın bir parçası", "only part of what is written")),
    "mahalle_unmarked": (MAHALLE, Text("“mahalle” denmemiş", "not said to be a mahalle")),
    "mahalle_form": (MAHALLE, Text("adın başka bir biçimi", "another form of its name")),
    "mahalle_alias": (MAHALLE, Text("başka adı", "another name of it")),
    "mahalle_edit": (MAHALLE, Text("yazım yanlışı", "misspelt")),
    "mahalle_differs": (MAHALLE, Text("aynı ilçede başka mahalle yazılı", "another of the ilçe")),
    "mahalle_elsewhere": (MAHALLE, Text("yazılan başka ilçede", "the one written lies elsewhere")),
    "mahalle_unknown": (MAHALLE, Text("yazılan mahalle bilinmiyor", "the one written is unknown")),
    "mahalle_bare_differs": (
        MAHALLE,
        Text("“mahalle”siz başkası yazılı", "another one stands bare"),
    ),
    "ilce_cap": (ILCE, Text("ilçe uyuyor", "ilçe agrees")),
    "ilce_weak": (ILCE, Text("başka bir adın içinde", "inside another name")),
    "ilce_differs": (ILCE, Text("başka ilçe yazılı", "another ilçe is written")),
    "ilce_differs_homonym": (ILCE, Text("ilçe başka, adaş mahalle var", "differs, with namesakes")),
    "il_differs": (IL, Text("başka il yazılı", "another il is written")),
    "door_found": (KAPI, Text("kapı kayıtta", "the door is registered")),
    "door_split": (KAPI, Text("kapı kayıtta, gerisi iç kapı", "registered; the rest is the unit")),
    "door_not_found": (KAPI, Text("kapı kayıtta yok", "the door is not registered")),
    "code_agrees": (KOD, Text("verilen csbm kodu", "the csbm code given")),
    "code_differs": (KOD, Text("verilen csbm kodu başka", "the csbm code given differs")),
    "mahalle_code_agrees": (KOD, Text("verilen mahalle kodu", "the mahalle code given")),
    "mahalle_code_differs": (KOD, Text("verilen mahalle kodu başka", "mahalle code differs")),
}
"""By the name of the weight; those that are no evidence for one csbm are not here."""
