// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing;
using Weir.Hosting.Sections;
using Weir.Vault.Customers;

namespace Weir.Vault;

/// <summary>The sections of <c>weir.yaml</c> that the vault reads.</summary>
public interface IVaultConfiguration
{
    /// <summary>The vault's own.</summary>
    VaultOptions Vault { get; }

    /// <summary>The provider's networks.</summary>
    AttributingOptions Attributing { get; }

    /// <summary>Who may complain.</summary>
    ComplaintsOptions Complaints { get; }

    /// <summary>Who may have a subject disclosed.</summary>
    AccessOptions Access { get; }

    /// <summary>The customer's page.</summary>
    CustomerPageOptions Selfservice { get; }

    /// <summary>How many lines of a listed network are sealed on a day.</summary>
    BrakeOptions Brake { get; }

    /// <summary>Where heads of its record go.</summary>
    AuditOptions Auditing { get; }

    /// <summary>Lines that are protected.</summary>
    EscalatingOptions Escalating { get; }
}
