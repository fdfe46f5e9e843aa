// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Configuring;
using Weir.Contracts.Flows;
using Weir.Desk.Links;

namespace Weir.Cli.Web.SelfService;

/// <summary>The pages in English.</summary>
internal sealed class EnglishPageResources : PageResources
{
    public static readonly EnglishPageResources Instance = new();

    public override Language Language => Language.En;

    public override string Name => "English";

    public override string Title => "Something was seen on your internet line";

    public override string Lead =>
        "Traffic of your line showed signs that one of your devices acts without your knowledge. This page says what "
        + "was seen, what was done, and what you can do.";

    public override string Asks =>
        "This page asks for no password and no payment, and offers nothing to install. Only your provider knows which "
        + "line is yours; this page does not.";

    public override string Languages => "Language";

    public override string Seen => "What was seen";

    public override string First => "First seen";

    public override string Last => "Last seen";

    public override string FarEnd => "Far end";

    public override string Traffic => "Traffic";

    public override string Measured => "Measured";

    public override string Rule => "Rule";

    public override string Done => "What was done";

    public override string NothingDone => "Nothing is blocked or restricted because of this.";

    public override string ToDo => "What you can do";

    public override string Check => "Check";

    public override string FixedTitle => "You fixed it?";

    public override string FixedLead =>
        "Then say so. From that moment it is counted whether the same traffic comes back. For this, nothing "
        + "else of your line is looked at.";

    public override string FixedButton => "I fixed it";

    public override string Checking =>
        "A check is running. You need to do nothing more; this page shows how it stands.";

    public override string AppealTitle => "You do not agree?";

    public override string AppealLead =>
        "Write why. A person looks at it again. Your words are kept with this case and erased with it.";

    public override string AppealLabel => "Your words, up to 2000 characters; no passwords please";

    public override string AppealButton => "Ask for a review";

    public override string KeptTitle => "What is kept";

    public override string NotKept =>
        "Times, far ends, ports and amounts of the traffic named above are kept; never contents, names or web "
        + "addresses. Who opens this page is not kept.";

    public override string ContactTitle => "Reach us";

    public override string CaseNumber => "Number of the case";

    public override string FixedTaken => "Thank you. The check has begun.";

    public override string AppealTaken => "Your words have arrived. A person looks at them.";

    public override string RefusedTitle => "There is no such page";

    public override string Refused =>
        "The link is wrong, or its time is over. If your provider wrote to you, use the link of the newest "
        + "message, or ask by telephone.";

    public override string BusyTitle => "Too often";

    public override string Busy => "This page was asked for too often. Try again in a few minutes.";

    public override string BadFormTitle => "The form was not taken";

    public override string BadForm =>
        "The form was too old, too long, or not from this page. Open the page again and repeat it.";

    public override string AwayTitle => "Not now";

    public override string Away => "The page cannot be shown at the moment. Try again in a few minutes.";

    public override string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public override string Day(DateTimeOffset at) =>
        at.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    public override string Heading(FindingKind matter) => matter switch
    {
        FindingKind.Bot => "Contact with a control server",
        FindingKind.Flood => "Flood of packets from your line",
        FindingKind.Reflection => "A device of yours answers everybody",
        FindingKind.Spam => "Very much mail from your line",
        FindingKind.Scan => "Search for open devices from your line",
        FindingKind.Spoof => "Packets with a false sender",
        FindingKind.Attacked => "Your line was attacked",
        _ => "Somebody complained",
    };

    public override string About(FindingKind matter) => matter switch
    {
        FindingKind.Bot => "A device on your line exchanged traffic with a server that is listed as one "
            + "that controls infected devices.",
        FindingKind.Flood => "Your line sent far more packets to the far end than a line usually does. Such floods "
            + "are used to put others offline.",
        FindingKind.Reflection => "A device on your line answers requests from anybody on the internet. Others "
            + "use it to flood third parties.",
        FindingKind.Spam => "Your line delivered mail to very many foreign mail servers within a short time.",
        FindingKind.Scan => "Your line tried very many addresses or ports one after the other.",
        FindingKind.Spoof => "Your line sent packets whose sender address is not its own.",
        FindingKind.Attacked => "Very much traffic was sent to your line from outside. You did nothing wrong.",
        _ => "Another network complained about traffic from your line. What is kept is looked at "
            + "only to confirm or refute that.",
    };

    public override IReadOnlyList<string> Steps(FindingKind matter) => matter switch
    {
        FindingKind.Bot =>
        [
            "Think of every device: computers, telephones, router, cameras, television, network storage. "
                + "Disconnect those you do not need.",
            "Install all updates of each device, and restart it.",
            "Check computers and telephones with a malware scanner that you trust, started from "
                + "a clean medium where possible.",
            "Reset router, cameras and storage that you cannot check to factory settings, "
                + "update them, and set new passwords.",
            "Change the passwords of mail and bank from a device that is surely clean.",
        ],
        FindingKind.Flood =>
        [
            "Find the device that sent at the time above; router, cameras and servers are the usual ones.",
            "Disconnect it, reset it to factory settings, update it and give it a new "
                + "password before you connect it again.",
            "Close port forwardings and remote access in the router that you do not need.",
        ],
        FindingKind.Reflection =>
        [
            "Look for a service that is open to the whole internet: name server, time server, SNMP, UPnP, memcached.",
            "Close the port forwarding in the router, or let the service answer only to your own network.",
            "Update router and server.",
        ],
        FindingKind.Spam =>
        [
            "If you sent a newsletter yourself: send it through your provider's mail server or a mailing service.",
            "If not: check every computer with a malware scanner that you trust.",
            "Change the passwords of all mail accounts from a clean device; look for "
                + "forwardings that you did not set up.",
        ],
        FindingKind.Scan =>
        [
            "If you look for open devices yourself for research: tell us, with the times.",
            "If not: disconnect cameras, recorders and routers that are not updated, reset them to factory "
                + "settings and set new passwords.",
            "Check computers with a malware scanner that you trust.",
        ],
        FindingKind.Spoof =>
        [
            "Check whether a second line, a VPN or a wrongly set router sends over this line.",
            "If not: treat it as an infection; check each device as you would for malware.",
        ],
        FindingKind.Attacked =>
        [
            "You need to do nothing. A restart of the router can give you another address, where addresses change.",
            "If it comes back, or if you are blackmailed: reach us, and do not pay.",
        ],
        _ =>
        [
            "Think of what sent the traffic named above at that time.",
            "If nobody of you did it: check every device for malware and install all updates.",
        ],
    };

    public override string Class(FlowPredicate named)
    {
        var way = named.Direction switch
        {
            Direction.Out => "sent by your line",
            Direction.In => "sent to your line",
            _ => "in both directions"
        };
        var ports = named.RemotePorts.IsEmpty ? "" : $", port {Ports(named)} of the far end";
        var own = named.SubjectPort == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", your port {named.SubjectPort}");
        return $"{Protocol(named)} "
            + $"{way}{own}{ports}{(named.Remotes.IsEmpty ? "" : $", far end {Remotes(named, "and more")}")}";
    }

    public override string Grounds(string grounds) =>
        MeasuredGrounds.Read(grounds) is { } read
            ? $"{read.Measured} {read.Unit} within {read.Seconds} s; the threshold is {read.Threshold}"
            : grounds;

    public override string Doing(ActiveMeasure doing)
    {
        var until = doing.Until is { } end ? $", until {Time(end)} at the latest" : "";
        return doing.Kind switch
        {
            MeasureKind.BlockedForLine => $"Your line cannot reach {doing.What}{until}.",
            MeasureKind.BlockedForAll => $"Nobody on our network can reach {doing.What}{until}.",
            MeasureKind.NameBlocked => $"Our name servers do not lead to {doing.What}{until}.",
            MeasureKind.LeakyGarden => $"Your line is restricted: most things work{until}.",
            MeasureKind.StrictGarden => $"Your line is restricted to help and emergency services{until}.",
            _ => throw new ArgumentOutOfRangeException(nameof(doing), doing.Kind, "Not a thing that is done."),
        };
    }

    public override string Checked(CustomerCheckView check) => (check.IsRunning, check.Count) switch
    {
        (true, null) => $"Running until {Time(check.Until)}. How it stands cannot be told at the moment.",
        (true, 0) when check.IsClean => $"Clean: nothing was seen since {Time(check.From)}.",
        (true, 0) when check.IsUnknown => $"Running until {Time(check.Until)}. Nothing was seen since "
            + $"{Time(check.From)}, but not all of that time was watched. We cannot tell yet whether it is fixed.",
        (true, 0) => $"Running until {Time(check.Until)}. Nothing was seen since {Time(check.From)}.",
        (true, 1) => $"Running until {Time(check.Until)}. It was seen again: once since {Time(check.From)}.",
        (true, { } count) => string.Create(
            CultureInfo.InvariantCulture,
            $"Running until {Time(check.Until)}. It was seen again: {count} times since {Time(check.From)}."),
        (false, null) => $"Ended {Time(check.Until)}. Its result cannot be told at the moment.",
        (false, 0) when check.IsClean => $"Clean: nothing was seen from {Time(check.From)} to {Time(check.Until)}.",
        (false, 0) => $"Ended {Time(check.Until)}. Nothing was seen, but not all of the time was watched. We cannot "
            + "tell yet whether it is fixed.",
        (false, 1) => $"Seen again: once until {Time(check.Until)}. It is not fixed yet.",
        (false, { } count) => string.Create(
            CultureInfo.InvariantCulture, $"Seen again: {count} times until {Time(check.Until)}. It is not fixed yet."),
    };

    public override string Kept(CustomerCaseView shown) => shown.KeptUntil is { } until
        ? $"The case is closed. All of it is erased for good after {Day(until)}."
        : string.Create(CultureInfo.InvariantCulture, $"When the case is closed, all of it is erased for good after "
            + $"{shown.KeptDays} days. Then this link ends too.");
}
