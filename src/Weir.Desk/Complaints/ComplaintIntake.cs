// SPDX-License-Identifier: Apache-2.0
//
// From a file to triggers. First who sent it, before a word of it is believed; then what it says; then whose line it is
// about, which only the vault can tell. An address shared by many without a port names nobody, and a complaint without
// target names no class: both are refused by code, and counted.
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Complaints;

/// <summary>Complaints that were handled before, by reporter and reference.</summary>
public interface IComplaintHistory
{
    bool Knows(string reporter, string reference);

    /// <summary>Keeps one that came to an end, opened or refused for good.</summary>
    void Remember(string reporter, string reference);
}

/// <summary>Takes complaints. <see cref="ComplaintHandler"/> brings what comes of it to the case desk.</summary>
/// <param name="reporters">Who may complain.</param>
/// <param name="vault">Who had an address when.</param>
/// <param name="memory">What came before.</param>
/// <param name="time">Clock.</param>
public sealed class ComplaintIntake(
    ReporterAuthenticator reporters, IVault vault, IComplaintHistory memory, TimeProvider time)
{
    /// <summary>How far ahead of our clock a reporter's may be.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>Octets and items are bounded, so reading ends within seconds. A file that takes longer is refused and
    /// stands in the way of no other.</summary>
    private static readonly TimeSpan ReadingBudget = TimeSpan.FromSeconds(30);

    internal Func<ReadOnlyMemory<byte>, string, ComplaintParseResult> Read { get; init; } = ComplaintReader.Read;

    public async Task<ComplaintReceipt> ReceiveAsync(ComplaintFile file, CancellationToken cancel)
    {
        if (file.Octets.Length > ComplaintReader.MaxTableOctets)
        {
            return Whole("", ReporterAuthentication.None, DenyCode.NotAuthenticated, FormattableString.Invariant(
                $"{file.Octets.Length} octets are more than the {ComplaintReader.MaxTableOctets} that are read"));
        }

        var (reporter, proof) = reporters.Identify(file);
        if (proof == ReporterAuthentication.None)
        {
            return Whole("", proof, DenyCode.NotAuthenticated, "no signature, mail check or folder of a configured "
                + "reporter stands behind the complaint (rules.md R2)");
        }

        var reading = await ReadAsync(file, cancel);
        if (reading.Why.Length > 0)
        {
            return Whole(reporter, proof, DenyCode.NoTrigger, reading.Why);
        }

        var outcomes = new List<ComplaintOutcome>(reading.Complaints.Count);
        var here = new HashSet<string>(StringComparer.Ordinal);
        foreach (var complaint in reading.Complaints)
        {
            outcomes.Add(here.Add(complaint.Reference)
                ? await FollowAsync(complaint, reporter, proof, cancel)
                : Repeated(complaint));
        }

        return new(reporter, proof, outcomes, reading.Faults);
    }

    private async Task<ComplaintParseResult> ReadAsync(ComplaintFile file, CancellationToken cancel)
    {
        try
        {
            return await Task.Run(() => Read(file.Octets, file.Name), CancellationToken.None)
                .WaitAsync(ReadingBudget, time, cancel);
        }
        catch (TimeoutException)
        {
            return ComplaintParseResult.Refused(
                null, FormattableString.Invariant($"reading it took more than {ReadingBudget.TotalSeconds:0} s"));
        }
    }

    /// <summary>A trigger's scope is open: from now on the complaint counts as told of. Until then it may
    /// be sent again.</summary>
    public void Opened(ComplaintReceipt receipt, Complaint complaint) =>
        memory.Remember(receipt.Reporter, complaint.Reference);

    private static ComplaintOutcome Repeated(Complaint complaint) =>
        new(complaint, null, null, "this reporter told of it before");

    private async Task<ComplaintOutcome> FollowAsync(
        Complaint complaint, string reporter, ReporterAuthentication proof, CancellationToken cancel)
    {
        if (memory.Knows(reporter, complaint.Reference))
        {
            return Repeated(complaint);
        }

        var outcome = await TriggerAsync(complaint, reporter, proof, cancel);
        if (outcome.Refusal is { } code && code != DenyCode.VaultDown)
        {
            memory.Remember(reporter, complaint.Reference);
        }

        return outcome;
    }

    private async Task<ComplaintOutcome> TriggerAsync(
        Complaint complaint, string reporter, ReporterAuthentication proof, CancellationToken cancel)
    {
        var predicate = PredicateOf(complaint);
        if (TrafficClass.Fault(predicate) is { } wide)
        {
            return Refused(DenyCode.TooWide, wide);
        }

        if (complaint.At > time.GetUtcNow() + Ahead)
        {
            return Refused(DenyCode.Unattributable, "the time reported has not come yet");
        }

        try
        {
            var trigger = new ComplaintTrigger(complaint, reporter, proof, default, new(predicate));
            return await vault.AttributeAsync(
                new(trigger.Scope.ToString(), reporter, complaint.Source, complaint.SourcePort, complaint.At,
                    trigger.Class.Predicate, trigger.FromMs, trigger.UntilMs),
                cancel) is { } subject
                ? new(complaint, trigger with { Subject = subject }, null, "")
                : Refused(DenyCode.Unattributable, complaint.SourcePort is null
                    ? "no one line can be told: not our address then, or shared by many and "
                        + "reported without its source port"
                    : "no line can be told: not our address and port at that time, or the records of then are gone");
        }
        catch (VaultDownException fault)
        {
            return Refused(DenyCode.VaultDown, fault.Message);
        }
        catch (VaultRefusedException refused)
        {
            return Refused(refused.Code, refused.Message);
        }

        ComplaintOutcome Refused(DenyCode code, string why) => new(complaint, null, code, why);
    }

    /// <summary>What the complaint says the source did: protocol, target and target port. Towards a controller both
    /// ways count, since a contact is an exchange.</summary>
    private static FlowPredicate PredicateOf(Complaint complaint) => new()
    {
        Direction = complaint.About == Purpose.CncContact ? Direction.Both : Direction.Out,
        Protocol = complaint.Protocol,
        RemotePorts = complaint.TargetPort is { } port ? [port] : [],
        Remotes = complaint.Target is { } target ? [target] : [],
    };

    private static ComplaintReceipt Whole(string reporter, ReporterAuthentication proof, DenyCode code, string why) =>
        new(reporter, proof, [new(null, null, code, why)], []);
}
