// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Hosting.Sections;

/// <summary>The section of a block backend, below <c>blocking</c>: all that a process knows of it.</summary>
public interface IMitigationBackendOptions
{
    /// <summary>Key below <c>blocking</c> that brings it into use, such as <c>rpz.file</c>.</summary>
    string Switch { get; }

    /// <summary>Whether it is in use.</summary>
    bool IsConfigured { get; }

    /// <summary>Whether it can send a line to the walled garden.</summary>
    bool HasGarden => false;

    /// <summary>Adds its backend to a host. Called where <see cref="IsConfigured"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="exempt">What is answered and carried as ever, whatever is blocked.</param>
    void Register(IServiceCollection services, ExemptOptions exempt);
}
