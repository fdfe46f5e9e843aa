// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Vault.Gardening;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.Vault.Gardening;

/// <summary>An access system as a test says it answers.</summary>
internal sealed class FakeEnforcementBackend : IEnforcementBackend
{
    public List<(string Session, WalledGarden Garden)> Told { get; } = [];

    /// <summary>Answers by session mark; a confirmation where none is set.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<UInt128, EnforcementResult> Answers { get; } = [];

    public string Name => "radius";

    public bool IsPerSession => true;

    public int TimesTold(string session)
    {
        lock (Told)
        {
            return Told.Count(told => told.Session == session);
        }
    }

    public Task<EnforcementResult> ApplyAsync(
        WalledGardenLine line, IReadOnlyList<SubscriberSession> sessions, WalledGarden garden, CancellationToken cancel)
    {
        lock (Told)
        {
            Told.Add((sessions[0].Key.ToString(System.Globalization.CultureInfo.InvariantCulture), garden));
        }

        return Task.FromResult(
            Answers.TryGetValue(sessions[0].Key, out var answer) ? answer : new(true, false, "CoA-ACK"));
    }
}

/// <summary>Sessions as a test lists them.</summary>
internal sealed class FakeSubscriberSessions : ISubscriberSessions
{
    private readonly StartedSessions _begun = new();
    private Func<SubscriberLineName, IReadOnlyList<Prefix>, bool>? _isWanted;

    public List<SubscriberSession> Open { get; } = [];

    public IReadOnlyList<SubscriberSession> OpenOf(SessionOwner owner) =>
        [.. Open.Where(session => owner.Owns(session.Line, session.Networks))];

    public StartedSessions Watch(Func<SubscriberLineName, IReadOnlyList<Prefix>, bool> isWanted)
    {
        _isWanted = isWanted;
        return _begun;
    }

    /// <summary>A session begins; told only where it is asked for.</summary>
    public void Begin(SubscriberSession session)
    {
        Open.Add(session);
        if (_isWanted?.Invoke(session.Line, session.Networks) == true)
        {
            _begun.Add(session);
        }
    }

    public static SubscriberSession Create(UInt128 key, string line, string network) =>
        new(key, new SubscriberLineName(line), [Prefix.Parse(network)], [44, 3, 65]);
}

internal sealed class EveryLineProtected : IProtectedSubjects
{
    public bool IsProtected(SealedSubject subject) => true;
}
