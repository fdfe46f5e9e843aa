// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Hosting.Auditing;
using Weir.Hosting.Files;
using Weir.Vault.Consenting;
using Weir.Vault.Disclosing;
using Weir.Vault.Gardening;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;
using Weir.Vault.Notifying;
using Weir.Vault.Sealing;
using Weir.Vault.Subjects;

namespace Weir.Vault;

/// <summary>What the vault works with; all of it is in its own folder but the desk's records.</summary>
internal sealed record VaultDependencies
{
    public required EpochKeys Keys { get; init; }

    public required CaseSealStore Seals { get; init; }

    public required SubscriberLineIdDeriver Lines { get; init; }

    public required DisclosureLedger Orders { get; init; }

    public required ConsentKeys ConsentKeys { get; init; }

    public required ConsentStore Consents { get; init; }

    public required IIdentity Identity { get; init; }

    public required NetworkTable Networks { get; init; }

    public required IAuditLog Audit { get; init; }

    public required ISubjectRecords Records { get; init; }

    /// <summary>Lines that are never put into the strict garden: those that the contacts say are protected.</summary>
    public IProtectedSubjects Protected { get => field ?? Contacts; init; }

    /// <summary>Puts lines into gardens; null where none is configured.</summary>
    public WalledGardenController? Gardens { get; init; }

    /// <summary>Notices that were delivered.</summary>
    public required NoticeLedger Notified { get; init; }

    /// <summary>How customers are told; null where neither contacts nor notices are configured.</summary>
    public NoticeDeliveryDependencies? Notices { get; init; }

    /// <summary>How customers are reached, and whose line is protected.</summary>
    public CustomerContactFile Contacts => Notices?.Contacts ?? CustomerContactFile.None;

    /// <summary>Octets that the store of identity takes.</summary>
    public Func<long> IdentityOctets { get; init; } = () => 0;

    /// <summary>Opens what lies in a folder, which is made on first use.</summary>
    /// <exception cref="InvalidDataException">Something in it is damaged, or others may read it; the message says what
    /// and the mend.</exception>
    public static VaultDependencies Open(
        string folder, NetworkTable networks, IIdentity identity, IAuditLog audit, ISubjectRecords records,
        TimeProvider time)
    {
        KeyFile.Folder(folder);
        var consents = new ConsentKeys(Path.Combine(folder, "consents"));
        KeyFile.Folder(Path.GetDirectoryName(consents.Book)!);
        return new VaultDependencies
        {
            Keys = new EpochKeys(Path.Combine(folder, "keys"), time),
            Seals = new CaseSealStore(Path.Combine(folder, "cases")),
            Lines = SubscriberLineIdDeriver.In(Path.Combine(folder, "keys")),
            Orders = new DisclosureLedger(Path.Combine(folder, "disclosed")),
            Notified = new NoticeLedger(Path.Combine(folder, "notified")),
            ConsentKeys = consents,
            Consents = new ConsentStore(consents.Book),
            Identity = identity,
            Networks = networks,
            Audit = audit,
            Records = records,
        };
    }
}
