// SPDX-License-Identifier: Apache-2.0
//
// The configuration as the desk's process takes it.
using Weir.Cli.Configuring;
using Weir.Cli.Processes.Mapping;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Reports;
using Weir.Desk.Api.Routing;
using Weir.Desk.Comparisons;
using Weir.Desk.Composing;
using Weir.Desk.Escalations;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation.Enforcing;
using Weir.Desk.Notices;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Sections;

namespace Weir.Cli.Processes;

/// <summary>Maps.</summary>
internal static class DeskMapping
{
    /// <summary>What a segment may take from the spool to the store.</summary>
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMinutes(10);

    /// <summary>The whole process.</summary>
    /// <param name="run">What it is put together from.</param>
    public static DeskProcessOptions Options(ProcessRun run)
    {
        var settings = run.Settings;
        var policy = PolicyRules.Of(settings);
        var networks = settings.Attributing.ToTable();
        var now = run.Time.GetUtcNow();
        var ring = ProcessKeys.ReadRing(run.Places.PublicKeys);
        return new DeskProcessOptions
        {
            Policy = policy,
            Audit = settings.Auditing with { Version = VersionAction.Text },
            Records = settings.Cases.Dir,
            Peers = new PeerOptions
            {
                Name = ProcessNames.Desk,
                Socket = run.Places.SocketOf(ProcessNames.Desk),
                Group = run.Places.Group,
                Users = PeerUsers.Of((run.Places.UserOf(ProcessNames.Collector), PeerRoles.Collector)),
                Tls = run.Tls(PeerRoles.Collector),
            },
            Store = run.Client(ProcessNames.Store, StoreAnswerOctets),
            Lists = Lists(settings, run.Places, now),
            Cases = new()
            {
                Ring = ring,
                Vault = new()
                {
                    Vault = run.Places.HasVault ? run.VaultClient() : null,
                    LabKey = run.Keep(ProcessKeys.Open(run.Places.KeyOf(ProcessNames.Desk))),
                    IsLab = settings.Profile == Profile.Lab,
                    Networks = networks,
                },
                CheckSettles = settings.Escalating.Settles,
            },
            Remediation = new() { LongestGap = settings.Escalating.LongestGap },
            Complaints = settings.Complaints,
            Alerts = new()
            {
                Channels = settings.Notifying.Channels.Count == 0
                    ? []
                    : AlertMapping.Channels(settings.Notifying, run.Time),
                Sending = AlertMapping.Sending(settings.Notifying),
                Journal = Path.Combine(settings.Cases.Dir, "alerts.sqlite"),
            },
            Blocks = Blocks(settings, policy),
            GoBgp = BlockMapping.GoBgp(settings.Blocking),
            Rpz = BlockMapping.Rpz(settings),
            Notices = Notices(settings.Notices),
            Escalations = Escalations(settings),
            Customers = settings.Selfservice.Enabled ? new(ring, settings.Selfservice.CheckTime) : null,
            Comparisons = Comparisons(settings, networks),
            Api = new()
            {
                Socket = settings.Control.Socket,
                Callers = Callers(settings.Access),
                Reports = settings.Report.Dir,
            },
            Promotions = Promotions(settings),
        };
    }

    /// <summary>A hundred thousand rows of evidence in base64.</summary>
    private const int StoreAnswerOctets = 64 << 20;

    private static ApiCallers Callers(AccessOptions access) => new(
        [
            (Role.Analyst, access.Analysts), (Role.Operator, access.Operators),
            (Role.PrivacyOfficer, access.PrivacyOfficers), (Role.Auditor, access.Auditors),
            (Role.Administrator, access.Administrators),
        ],
        access.Vault);

    /// <summary>The lists; also what a reload takes.</summary>
    public static DeskListsOptions Lists(WeirConfiguration settings, ProcessPlaces places, DateTimeOffset now) => new()
    {
        Lists = ListMapping.Lists(settings.Matching, places.FolderOf(ProcessNames.Desk)),
        Always = StageMapping.Allowed(settings.Matching, now),
        Refresh = settings.Matching.Lists.Select(list => list.Refresh)
            .DefaultIfEmpty(TimeSpan.FromHours(1)).Min(),
        Folder = settings.Cases.Dir,
    };

    private static NoticesOptions Notices(NoticeSettings settings) => new()
    {
        Sending = new NoticeOptions
        {
            Delay = settings.Delay,
            MinDuration = settings.Least,
            MaxPerMinute = settings.MostAMinute,
            GiveUp = settings.GiveUp,
        },
    };

    private static EscalationsOptions Escalations(WeirConfiguration settings) => new()
    {
        Ladder = settings.Escalating,
        Report = Path.Combine(settings.Report.Dir, "report.json"),
    };

    private static ReportRunOptions Comparisons(WeirConfiguration settings, NetworkTable networks) => new()
    {
        Settings = settings.Comparing,
        Profile = Schema.Kebab(settings.Profile.ToString()),
        Networks = networks,
        Folder = settings.Report.Dir,
    };

    private static PromotionsOptions Promotions(WeirConfiguration settings) => new()
    {
        Folder = settings.Cases.Dir,
        Lifetime = settings.Cases.PromotedFor,
        Reach = settings.Cases.LookBack,
        Settles = settings.Decoding.ActiveTimeout + settings.Digesting.FlushInterval + OnTheWay,
        HasNames = settings.Profile == Profile.Lab ? null : _ => true,
    };

    private static BlocksOptions Blocks(WeirConfiguration settings, PolicyProfile policy) => new()
    {
        Controller = BlockMapping.Desk(settings, policy),
        Journal = Path.Combine(settings.Cases.Dir, "blocks.sqlite"),
        Length = settings.Blocking.Lease,
        Longest = TimeSpan.FromDays(policy.BlockDays),
    };
}
