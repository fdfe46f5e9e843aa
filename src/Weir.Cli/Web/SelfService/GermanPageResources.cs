// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Configuring;
using Weir.Contracts.Flows;
using Weir.Desk.Links;

namespace Weir.Cli.Web.SelfService;

/// <summary>The pages in German.</summary>
internal sealed class GermanPageResources : PageResources
{
    public static readonly GermanPageResources Instance = new();

    public override Language Language => Language.De;

    public override string Name => "Deutsch";

    public override string Title => "An Ihrem Internetanschluss ist etwas aufgefallen";

    public override string Lead =>
        "Der Verkehr Ihres Anschlusses zeigte Anzeichen, dass eines Ihrer Geräte ohne Ihr Wissen handelt. Diese Seite "
        + "sagt, was gesehen wurde, was getan wurde und was Sie tun können.";

    public override string Asks =>
        "Diese Seite fragt nach keinem Passwort und keiner Zahlung und bietet nichts zum Installieren an. Nur Ihr "
        + "Anbieter weiß, welcher Anschluss Ihrer ist; diese Seite weiß es nicht.";

    public override string Languages => "Sprache";

    public override string Seen => "Was gesehen wurde";

    public override string First => "Zuerst gesehen";

    public override string Last => "Zuletzt gesehen";

    public override string FarEnd => "Gegenstelle";

    public override string Traffic => "Verkehr";

    public override string Measured => "Gemessen";

    public override string Rule => "Regel";

    public override string Done => "Was getan wurde";

    public override string NothingDone => "Deswegen ist nichts gesperrt oder eingeschränkt.";

    public override string ToDo => "Was Sie tun können";

    public override string Check => "Prüfung";

    public override string FixedTitle => "Ist es behoben?";

    public override string FixedLead =>
        "Dann sagen Sie es. Ab diesem Moment wird gezählt, ob derselbe Verkehr wiederkommt. Dafür wird sonst nichts "
        + "von Ihrem Anschluss betrachtet.";

    public override string FixedButton => "Ich habe es behoben";

    public override string Checking =>
        "Eine Prüfung läuft. Sie müssen nichts weiter tun; diese Seite zeigt, wie sie steht.";

    public override string AppealTitle => "Sie sind nicht einverstanden?";

    public override string AppealLead =>
        "Schreiben Sie, warum. Ein Mensch sieht es sich noch einmal an. Ihre Worte werden mit diesem Fall "
        + "aufbewahrt und mit ihm gelöscht.";

    public override string AppealLabel => "Ihre Worte, bis zu 2000 Zeichen; bitte keine Passwörter";

    public override string AppealButton => "Um Prüfung bitten";

    public override string KeptTitle => "Was aufbewahrt wird";

    public override string NotKept =>
        "Aufbewahrt werden Zeiten, Gegenstellen, Ports und Mengen des oben genannten Verkehrs; nie Inhalte, Namen oder "
        + "Webadressen. Wer diese Seite öffnet, wird nicht festgehalten.";

    public override string ContactTitle => "So erreichen Sie uns";

    public override string CaseNumber => "Nummer des Falls";

    public override string FixedTaken => "Danke. Die Prüfung hat begonnen.";

    public override string AppealTaken => "Ihre Worte sind angekommen. Ein Mensch sieht sie sich an.";

    public override string RefusedTitle => "Diese Seite gibt es nicht";

    public override string Refused =>
        "Der Link ist falsch, oder seine Zeit ist vorbei. Wenn Ihr Anbieter Ihnen geschrieben hat, nehmen Sie den Link "
        + "der neuesten Nachricht, oder fragen Sie telefonisch.";

    public override string BusyTitle => "Zu oft";

    public override string Busy =>
        "Diese Seite wurde zu oft aufgerufen. Versuchen Sie es in einigen Minuten noch einmal.";

    public override string BadFormTitle => "Das Formular wurde nicht angenommen";

    public override string BadForm =>
        "Das Formular war zu alt, zu lang oder nicht von dieser Seite. Öffnen Sie die "
        + "Seite neu und wiederholen Sie es.";

    public override string AwayTitle => "Gerade nicht";

    public override string Away =>
        "Die Seite kann im Moment nicht gezeigt werden. Versuchen Sie es in einigen Minuten noch einmal.";

    public override string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("dd.MM.yyyy, HH:mm 'Uhr UTC'", CultureInfo.InvariantCulture);

    public override string Day(DateTimeOffset at) =>
        at.UtcDateTime.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture);

    public override string Heading(FindingKind matter) => matter switch
    {
        FindingKind.Bot => "Kontakt mit einem Steuerserver",
        FindingKind.Flood => "Flut von Paketen aus Ihrem Anschluss",
        FindingKind.Reflection => "Ein Gerät von Ihnen antwortet jedem",
        FindingKind.Spam => "Sehr viel Mail aus Ihrem Anschluss",
        FindingKind.Scan => "Suche nach offenen Geräten aus Ihrem Anschluss",
        FindingKind.Spoof => "Pakete mit falschem Absender",
        FindingKind.Attacked => "Ihr Anschluss wurde angegriffen",
        _ => "Jemand hat sich beschwert",
    };

    public override string About(FindingKind matter) => matter switch
    {
        FindingKind.Bot => "Ein Gerät an Ihrem Anschluss tauschte Verkehr mit einem Server aus, der als Steuerserver "
            + "befallener Geräte gelistet ist.",
        FindingKind.Flood => "Ihr Anschluss schickte der Gegenstelle weit mehr Pakete, als ein Anschluss es sonst tut. "
            + "Mit solchen Fluten werden andere vom Netz gedrängt.",
        FindingKind.Reflection => "Ein Gerät an Ihrem Anschluss antwortet auf Anfragen von jedem im Internet. "
            + "Andere überfluten damit Dritte.",
        FindingKind.Spam => "Ihr Anschluss lieferte in kurzer Zeit Mail bei sehr vielen fremden Mailservern ein.",
        FindingKind.Scan => "Ihr Anschluss probierte sehr viele Adressen oder Ports nacheinander durch.",
        FindingKind.Spoof => "Ihr Anschluss schickte Pakete, deren Absenderadresse nicht seine eigene ist.",
        FindingKind.Attacked =>
            "Von außen wurde sehr viel Verkehr an Ihren Anschluss geschickt. Sie haben nichts falsch gemacht.",
        _ => "Ein anderes Netz hat sich über Verkehr aus Ihrem Anschluss beschwert. Was aufbewahrt wird, wird nur "
            + "betrachtet, um das zu bestätigen oder zu widerlegen.",
    };

    public override IReadOnlyList<string> Steps(FindingKind matter) => matter switch
    {
        FindingKind.Bot =>
        [
            "Denken Sie an jedes Gerät: Rechner, Telefone, Router, Kameras, Fernseher, Netzspeicher. "
                + "Trennen Sie, was Sie nicht brauchen.",
            "Installieren Sie auf jedem Gerät alle Aktualisierungen, und starten Sie es neu.",
            "Prüfen Sie Rechner und Telefone mit einem Virenscanner, dem Sie vertrauen, möglichst von einem "
                + "sauberen Datenträger gestartet.",
            "Setzen Sie Router, Kameras und Speicher, die Sie nicht prüfen können, auf Werkseinstellungen zurück, "
                + "aktualisieren Sie sie, und vergeben Sie neue Passwörter.",
            "Ändern Sie die Passwörter von Mail und Bank von einem Gerät aus, das sicher sauber ist.",
        ],
        FindingKind.Flood =>
        [
            "Finden Sie das Gerät, das zur genannten Zeit gesendet hat; meist sind es Router, Kameras oder Server.",
            "Trennen Sie es, setzen Sie es auf Werkseinstellungen zurück, aktualisieren Sie es, und geben Sie ihm ein "
                + "neues Passwort, bevor Sie es wieder anschließen.",
            "Schließen Sie im Router Portfreigaben und Fernzugänge, die Sie nicht brauchen.",
        ],
        FindingKind.Reflection =>
        [
            "Suchen Sie einen Dienst, der dem ganzen Internet offensteht: Nameserver, "
                + "Zeitserver, SNMP, UPnP, memcached.",
            "Schließen Sie die Portfreigabe im Router, oder lassen Sie den Dienst nur Ihrem eigenen Netz antworten.",
            "Aktualisieren Sie Router und Server.",
        ],
        FindingKind.Spam =>
        [
            "Wenn Sie selbst einen Rundbrief verschickt haben: schicken Sie ihn über den Mailserver Ihres "
                + "Anbieters oder einen Versanddienst.",
            "Wenn nicht: prüfen Sie jeden Rechner mit einem Virenscanner, dem Sie vertrauen.",
            "Ändern Sie die Passwörter aller Mailkonten von einem sauberen Gerät aus; suchen Sie nach Weiterleitungen, "
                + "die Sie nicht eingerichtet haben.",
        ],
        FindingKind.Scan =>
        [
            "Wenn Sie selbst zu Forschungszwecken nach offenen Geräten suchen: sagen Sie es uns, mit den Zeiten.",
            "Wenn nicht: trennen Sie Kameras, Rekorder und Router ohne Aktualisierungen, setzen Sie sie auf "
                + "Werkseinstellungen zurück, und vergeben Sie neue Passwörter.",
            "Prüfen Sie Rechner mit einem Virenscanner, dem Sie vertrauen.",
        ],
        FindingKind.Spoof =>
        [
            "Prüfen Sie, ob ein zweiter Anschluss, ein VPN oder ein falsch eingestellter Router "
                + "über diesen Anschluss sendet.",
            "Wenn nicht: behandeln Sie es wie einen Befall, und prüfen Sie jedes Gerät.",
        ],
        FindingKind.Attacked =>
        [
            "Sie müssen nichts tun. Ein Neustart des Routers kann Ihnen eine andere "
                + "Adresse geben, wo Adressen wechseln.",
            "Wenn es wiederkommt, oder wenn Sie erpresst werden: melden Sie sich bei uns, und zahlen Sie nicht.",
        ],
        _ =>
        [
            "Überlegen Sie, was zu dieser Zeit den oben genannten Verkehr gesendet hat.",
            "Wenn es niemand von Ihnen war: prüfen Sie jedes Gerät auf Schadsoftware, und "
                + "installieren Sie alle Aktualisierungen.",
        ],
    };

    public override string Class(FlowPredicate named)
    {
        var way = named.Direction switch
        {
            Direction.Out => "von Ihrem Anschluss gesendet",
            Direction.In => "an Ihren Anschluss gesendet",
            _ => "in beiden Richtungen"
        };
        var ports = named.RemotePorts.IsEmpty ? "" : $", Port {Ports(named)} der Gegenstelle";
        var own = named.SubjectPort == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", Ihr Port {named.SubjectPort}");
        return $"{Protocol(named)} "
            + $"{way}{own}{ports}{(named.Remotes.IsEmpty ? "" : $", Gegenstelle {Remotes(named, "und weitere")}")}";
    }

    public override string Grounds(string grounds) => MeasuredGrounds.Read(grounds) is { } read
        ? $"{Number(read.Measured)} {Unit(read.Unit)} in {read.Seconds} s; die Schwelle ist {Number(read.Threshold)}"
        : grounds;

    public override string Doing(ActiveMeasure doing)
    {
        var until = doing.Until is { } end ? $", längstens bis {Time(end)}" : "";
        return doing.Kind switch
        {
            MeasureKind.BlockedForLine => $"Ihr Anschluss erreicht {doing.What} nicht{until}.",
            MeasureKind.BlockedForAll => $"Niemand in unserem Netz erreicht {doing.What}{until}.",
            MeasureKind.NameBlocked => $"Unsere Nameserver führen nicht zu {doing.What}{until}.",
            MeasureKind.LeakyGarden => $"Ihr Anschluss ist eingeschränkt: das meiste geht{until}.",
            MeasureKind.StrictGarden => $"Ihr Anschluss ist auf Hilfe und Notrufe beschränkt{until}.",
            _ => throw new ArgumentOutOfRangeException(nameof(doing), doing.Kind, "Not a thing that is done."),
        };
    }

    public override string Checked(CustomerCheckView check) => (check.IsRunning, check.Count) switch
    {
        (true, null) => $"Läuft bis {Time(check.Until)}. Wie sie steht, lässt sich gerade nicht sagen.",
        (true, 0) when check.IsClean => $"Sauber: seit {Time(check.From)} wurde nichts gesehen.",
        (true, 0) when check.IsUnknown => $"Läuft bis {Time(check.Until)}. Seit {Time(check.From)} wurde nichts "
            + "gesehen, aber nicht die ganze Zeit wurde beobachtet. Ob es behoben ist, können wir noch nicht sagen.",
        (true, 0) => $"Läuft bis {Time(check.Until)}. Seit {Time(check.From)} wurde nichts gesehen.",
        (true, { } count) => string.Create(
            CultureInfo.InvariantCulture,
            $"Läuft bis {Time(check.Until)}. Es wurde wieder gesehen: {count}-mal seit {Time(check.From)}."),
        (false, null) => $"Beendet {Time(check.Until)}. Ihr Ergebnis lässt sich gerade nicht sagen.",
        (false, 0) when check.IsClean =>
            $"Sauber: von {Time(check.From)} bis {Time(check.Until)} wurde nichts gesehen.",
        (false, 0) => $"Beendet {Time(check.Until)}. Es wurde nichts gesehen, aber nicht die ganze Zeit wurde "
            + "beobachtet. Ob es behoben ist, können wir noch nicht sagen.",
        (false, { } count) => string.Create(
            CultureInfo.InvariantCulture,
            $"Wieder gesehen: {count}-mal bis {Time(check.Until)}. Es ist noch nicht behoben."),
    };

    public override string Kept(CustomerCaseView shown) => shown.KeptUntil is { } until
        ? $"Der Fall ist geschlossen. Nach dem {Day(until)} wird alles davon endgültig gelöscht."
        : string.Create(CultureInfo.InvariantCulture, $"Wenn der Fall geschlossen ist, wird nach {shown.KeptDays} "
            + $"Tagen alles davon endgültig gelöscht. Dann endet auch dieser Link.");

    private static string Number(string text) => text.Replace('.', ',');

    private static string Unit(string unit) => unit switch
    {
        "packets/s" => "Pakete je Sekunde",
        "packets/min" => "Pakete je Minute",
        "bits/s" => "Bit je Sekunde",
        "connections/min" => "Verbindungen je Minute",
        "ports/min" => "Ports je Minute",
        "remotes/min" => "Gegenstellen je Minute",
        "exchanges" => "Mal ausgetauscht",
        _ => unit,
    };
}
